//! Objects of Kubernetes itself, against its schemas.

use std::process::Command;

use preview_envs::scratch::Folder;
use preview_envs::toolchain::peers::KUBERNETES;

use super::rendered::everything;

#[tokio::test]
async fn every_object_of_kubernetes_is_what_its_schema_wants() {
    if let Err(reason) = KUBERNETES.ensure().await {
        eprintln!("NOT TESTED: manifests against the schemas of Kubernetes. {reason:#}");
        return;
    }
    let python = KUBERNETES.find("kubernetes-validate").expect("installed");
    let folder = Folder::new("manifests");
    for overlay in everything() {
        let file = folder.path().join(format!("{}.yaml", overlay.name));
        std::fs::write(&file, &overlay.text).expect("written");
        let output = Command::new(&python)
            .args(["--strict", "--no-warn", "--quiet"])
            .arg(&file)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", overlay.name);
    }
}
