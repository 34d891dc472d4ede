use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// Hex SHA-256.
pub(super) fn digest(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}

/// Leaves an empty folder.
pub(super) fn wipe(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(std::fs::create_dir_all(folder)?)
}

/// Renames `overseer.js` to `overseer.0123456789ab.js`, so that browsers may keep it for ever.
pub(super) fn name_by_content(folder: &Path, name: &str) -> anyhow::Result<String> {
    let old = folder.join(name);
    let digest = digest(&std::fs::read(&old)?);
    let (stem, extension) = name.rsplit_once('.').context("a file has an extension")?;
    let new = format!("{stem}.{}.{extension}", &digest[..12]);
    std::fs::rename(old, folder.join(&new))?;
    Ok(new)
}

/// Writes `.br` and `.gz` beside a file; returns the size of the smaller one.
pub(super) fn compress(file: &Path) -> anyhow::Result<usize> {
    let content = std::fs::read(file)?;
    let brotli = brotli(&content)?;
    let gzip = gzip(&content)?;
    std::fs::write(beside(file, "br"), &brotli)?;
    std::fs::write(beside(file, "gz"), &gzip)?;
    Ok(brotli.len().min(gzip.len()))
}

fn beside(file: &Path, coding: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(coding);
    name.into()
}

fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(content)?;
    Ok(packer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Folder;

    #[test]
    fn a_file_is_named_after_what_is_in_it_and_compressed_beside() {
        let folder = Folder::new("files");
        std::fs::write(folder.path().join("a.js"), "let a = 1;".repeat(100)).expect("written");
        let name = name_by_content(folder.path(), "a.js").expect("renamed");
        assert_eq!(name.len(), "a.0123456789ab.js".len());
        let size = compress(&folder.path().join(&name)).expect("compressed");
        assert!(size < 100);
        for coding in ["br", "gz"] {
            assert!(folder.path().join(format!("{name}.{coding}")).is_file());
        }
    }
}
