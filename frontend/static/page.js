// What pages do without WebAssembly: the theme switch, times in the reader's zone, and public pages that stay live.
// A live page has one [data-live] element that names its stream, and [data-part] elements that are exchanged when they changed.
(() => {
  "use strict";
  const root = document.documentElement;

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
  });

  const live = document.querySelector("[data-live]");
  if (!live) return;

  const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
  const zoneName = zone.formatToParts(new Date()).find((part) => part.type === "timeZoneName").value;
  const ago = (seconds) =>
    seconds < 60 ? `${seconds} s ago` : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
  const localise = (within) => {
    for (const time of within.querySelectorAll("time[data-local]")) {
      time.textContent = `${local.format(new Date(time.dateTime))} ${zoneName}`;
    }
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      time.textContent = ago(Math.max(0, Math.round((Date.now() - new Date(time.dateTime)) / 1000)));
    }
  };

  // Compared as the server sent them: what is shown was localised since.
  const parts = (within) => Array.from(within.querySelectorAll("[data-part]"));
  const snapshot = (within) => new Map(parts(within).map((part) => [part.dataset.part, part.outerHTML]));
  let sent = snapshot(live);

  const exchange = (fresh) => {
    const arrived = snapshot(fresh);
    if ([...arrived.keys()].join() !== [...sent.keys()].join()) {
      live.replaceChildren(...fresh.childNodes);
    } else {
      for (const part of parts(fresh)) {
        const name = part.dataset.part;
        if (sent.get(name) !== arrived.get(name)) live.querySelector(`[data-part="${CSS.escape(name)}"]`)?.replaceWith(part);
      }
    }
    sent = arrived;
    localise(live);
    tick();
  };

  const read = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const page = fresh.querySelector("[data-live]");
    if (page) exchange(page);
  };

  // Many readers look at the same page: they do not all ask in the same instant.
  let planned;
  const readSoon = () => {
    planned ??= setTimeout(() => {
      planned = undefined;
      read().catch(() => {});
    }, Math.random() * 500);
  };

  const onMonitor = (event) => {
    const { monitor, status } = JSON.parse(event.data);
    const shown = live.querySelector(`[data-monitor="${monitor}"]`);
    if (shown && shown.dataset.state !== status.state) readSoon();
  };

  let missed = false;
  const connect = () => {
    const source = new EventSource(live.dataset.live);
    source.addEventListener("hello", () => {
      root.dataset.connection = "live";
      if (missed) readSoon();
      missed = false;
    });
    source.addEventListener("monitor", onMonitor);
    source.addEventListener("incident", readSoon);
    source.addEventListener("error", () => {
      root.dataset.connection = "lost";
      missed = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000 + Math.random() * 3000);
    });
  };

  localise(live);
  tick();
  setInterval(tick, 1000);
  connect();
})();
