use preview_envs::scratch::Folder;

use super::*;

fn entry(number: u8) -> Entry {
    Entry::new(10, vec![number; 1_000])
}

fn open(folder: &Folder) -> Buffer {
    Buffer::open(folder.path(), 16 << 10).expect("opened")
}

/// Everything that waits, by the first byte of its body.
fn drain(buffer: &Buffer) -> Vec<u8> {
    buffer.close();
    std::iter::from_fn(|| {
        let (position, entry) = buffer.next().expect("read")?;
        buffer.done(position).expect("done");
        Some(entry.body[0])
    })
    .collect()
}

#[test]
fn what_waits_survives_a_restart_in_order() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    for number in 0..6 {
        buffer.append(&entry(number)).expect("appended");
    }
    let (position, first) = buffer.next().expect("read").expect("an entry");
    assert_eq!(first.body[0], 0);
    buffer.done(position).expect("done");
    drop(buffer);
    assert_eq!(drain(&open(&folder)), [1, 2, 3, 4, 5]);
    assert_eq!(drain(&open(&folder)), [0; 0]);
}

#[test]
fn an_entry_that_was_not_finished_is_read_again_with_the_same_key() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    buffer.append(&entry(1)).expect("appended");
    let (_, first) = buffer.next().expect("read").expect("an entry");
    drop(buffer);
    let (_, again) = open(&folder).next().expect("read").expect("an entry");
    assert_eq!(first, again);
}

#[test]
fn the_oldest_makes_room_and_is_counted() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    for number in 0..40 {
        buffer.append(&entry(number)).expect("appended");
    }
    let state = buffer.state();
    assert!(state.bytes <= 16 << 10, "{state:?}");
    let left = drain(&buffer);
    assert_eq!(left.last(), Some(&39));
    assert!(left.is_sorted(), "{left:?}");
    assert_eq!(state.dropped, (40 - left.len() as u64) * 10);
    assert_eq!(buffer.state().bytes, 0);
}

#[test]
fn a_record_torn_by_a_crash_is_cut_off_and_the_next_one_follows() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    buffer.append(&entry(1)).expect("appended");
    buffer.append(&entry(2)).expect("appended");
    drop(buffer);
    let last = segment::all(folder.path())
        .expect("listed")
        .pop_back()
        .expect("a segment");
    let file = fs::OpenOptions::new()
        .write(true)
        .open(last.path())
        .expect("opened");
    file.set_len(last.bytes - 3).expect("torn");
    let buffer = open(&folder);
    buffer.append(&entry(3)).expect("appended");
    assert_eq!(drain(&buffer), [1, 3]);
}

#[test]
fn a_lost_cursor_repeats_and_loses_nothing() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    buffer.append(&entry(1)).expect("appended");
    buffer.append(&entry(2)).expect("appended");
    assert_eq!(drain(&buffer), [1, 2]);
    fs::write(folder.path().join("cursor"), "").expect("written");
    assert_eq!(drain(&open(&folder)), [1, 2]);
}

#[test]
fn an_entry_dropped_while_it_is_pushed_does_not_move_the_others() {
    let folder = Folder::new("buffer");
    let buffer = open(&folder);
    buffer.append(&entry(0)).expect("appended");
    let (position, _) = buffer.next().expect("read").expect("an entry");
    for number in 1..40 {
        buffer.append(&entry(number)).expect("appended");
    }
    let before = buffer.state();
    buffer.done(position).expect("done");
    assert_eq!(buffer.state(), before);
}
