// What pages do without WebAssembly: the theme switch, commands to copy, arrow keys, times in the reader's zone, and public
// pages that stay live. A live page has one [data-live] element that names its stream, and [data-part] elements that are
// exchanged when they changed.
(() => {
  "use strict";
  const root = document.documentElement;
  root.dataset.script = "on";

  // The same words as the server's, in the reader's zone: "20 Nov 2026, 15:10 UTC+1".
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");
  const zone = (at) => {
    const offset = -at.getTimezoneOffset();
    if (offset === 0) return "UTC";
    const size = Math.abs(offset);
    const minutes = size % 60 ? `:${two(size % 60)}` : "";
    return `UTC${offset < 0 ? "-" : "+"}${Math.floor(size / 60)}${minutes}`;
  };
  const day = (at) => `${at.getDate()} ${months[at.getMonth()]}`;
  const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;
  const words = {
    minute: (at) => `${day(at)} ${at.getFullYear()}, ${clock(at)} ${zone(at)}`,
    second: (at) => `${day(at)} ${at.getFullYear()}, ${clock(at)}:${two(at.getSeconds())} ${zone(at)}`,
    clock: (at) => `${clock(at)} ${zone(at)}`,
    day,
  };
  const ago = (seconds) => {
    if (seconds < 60) return `${seconds} s ago`;
    return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) switchTheme();
    const copy = event.target.closest("[data-copy]");
    if (copy) copyFrom(copy);
    // Going somewhere closes the menu of a phone.
    if (event.target.closest("a")) event.target.closest(":popover-open")?.hidePopover();
  });

  const switchTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
  };

  const copyFrom = async (button) => {
    await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };

  // Forms that are links follow a changed choice; a chosen file is sent at once.
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-upload]")) upload(event.target);
  });

  const upload = async (input) => {
    const [body] = input.files;
    if (!body) return;
    const help = document.getElementById(input.getAttribute("aria-describedby"));
    help.textContent = "Sending...";
    const answer = await fetch(input.dataset.upload, { method: "PUT", headers: { "content-type": body.type }, body });
    if (answer.ok) return location.reload();
    const problem = await answer.json().catch(() => ({}));
    help.textContent = problem.errors?.[0]?.reason ?? problem.title ?? "The image was not taken.";
  };
  // A field for a time zone proposes the reader's own, and knows the names of the others.
  document.addEventListener("focusin", (event) => {
    const field = event.target.closest("[data-own-zone]");
    const names = field?.list;
    if (!names || names.options.length > 0) return;
    names.append(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name, name)));
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = event.target.closest(".day");
    if (from) moveDay(event, from);
    else if (!event.target.closest("input, select, textarea")) moveRow(event);
  });

  // A row of days is one stop of the Tab key; arrows move inside it.
  const moveDay = (event, from) => {
    const days = [...from.parentElement.children];
    const at = days.indexOf(from);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: days.length - 1 }[event.key];
    if (to === undefined || !days[to]) return;
    event.preventDefault();
    from.tabIndex = -1;
    days[to].tabIndex = 0;
    days[to].focus();
  };

  // j and k walk through the rows of a table; Enter opens the one that has the focus.
  const moveRow = (event) => {
    const step = { j: 1, k: -1 }[event.key];
    const links = [...document.querySelectorAll("[data-rows] tbody a")];
    if (!step || links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
    links[to].focus();
  };

  const live = document.querySelector("[data-live]");
  if (!live) return;

  const localise = (within) => {
    for (const time of within.querySelectorAll("time[data-time]")) {
      time.textContent = words[time.dataset.time](new Date(time.dateTime));
    }
    for (const place of document.querySelectorAll("[data-zone]")) {
      const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const offset = zone(new Date());
      place.textContent = name && name !== offset ? `your zone, ${name} (${offset})` : offset;
    }
  };
  const tick = () => {
    for (const time of live.querySelectorAll("time[data-ago]")) {
      time.textContent = ago(Math.max(0, Math.round((Date.now() - new Date(time.dateTime)) / 1000)));
    }
    const state = { live: ", live", lost: ", connection lost" }[root.dataset.connection] ?? "";
    for (const word of live.querySelectorAll("[data-connection]")) word.textContent = state;
  };

  // Compared as the server sent them: what is shown was localised since.
  const parts = (within) => [...within.querySelectorAll("[data-part]")];
  const names = (within) => parts(within).map((part) => part.dataset.part).join();
  const sent = new Map();
  const remember = (within) => {
    sent.clear();
    for (const part of parts(within)) sent.set(part.dataset.part, part.outerHTML);
  };

  // The reader's place: what is open, and what has the focus.
  const place = () => {
    const focus = document.activeElement;
    const row = focus?.closest("[id]");
    const index = row ? [...row.querySelectorAll("*")].indexOf(focus) : -1;
    return { row: row?.id, index, open: new Map([...live.querySelectorAll("details")].map((one) => [one.id, one.open])) };
  };
  const restore = ({ row, index, open }) => {
    for (const one of live.querySelectorAll("details")) if (open.has(one.id)) one.open = open.get(one.id);
    if (!row || document.activeElement !== document.body) return;
    const holder = document.getElementById(row);
    const target = index < 0 ? holder : holder?.querySelectorAll("*")[index];
    if (!target) return;
    if (target.matches(".day")) {
      for (const day of target.parentElement.children) day.tabIndex = -1;
      target.tabIndex = 0;
    }
    target.focus({ preventScroll: true });
  };

  const exchange = (fresh) => {
    const before = place();
    if (names(fresh) === names(live)) {
      const shown = parts(live);
      parts(fresh).forEach((part, index) => {
        if (sent.get(part.dataset.part) !== part.outerHTML) shown[index].replaceWith(part.cloneNode(true));
      });
    } else {
      live.replaceChildren(...[...fresh.children].map((child) => child.cloneNode(true)));
    }
    remember(fresh);
    restore(before);
    localise(live);
    tick();
  };

  const read = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-cache" });
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

  // A check that changed nothing is no reason to read the page, but it shows how fresh the page is.
  const told = new Map();
  const onMonitor = (event) => {
    const { monitor, status } = JSON.parse(event.data);
    const shown = live.querySelector(`[data-monitor="${monitor}"]`);
    const advisory = status.advisory ?? "";
    const changed = advisory !== (told.get(monitor) ?? advisory);
    told.set(monitor, advisory);
    if (changed || shown?.dataset.state !== status.state) readSoon();
    for (const time of live.querySelectorAll("time[data-ago]")) time.dateTime = new Date().toISOString();
    tick();
  };

  let missed = false;
  let source;
  const connect = () => {
    source = new EventSource(live.dataset.live);
    source.addEventListener("hello", () => {
      root.dataset.connection = "live";
      tick();
      if (missed) readSoon();
      missed = false;
    });
    source.addEventListener("monitor", onMonitor);
    source.addEventListener("incident", readSoon);
    source.addEventListener("error", () => {
      root.dataset.connection = "lost";
      missed = true;
      tick();
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000 + Math.random() * 3000);
    });
  };

  // A page that was left may be kept for the way back; it must not keep its connection, of which a browser has few.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    missed = true;
    connect();
  });

  remember(live);
  localise(live);
  tick();
  setInterval(tick, 1000);
  connect();
})();
