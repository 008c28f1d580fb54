//! A store that speaks S3, on this machine: one address that wants signatures, and a public one to read from.

use std::path::Path;
use std::process::{Command, Output};

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use veche_xtask::workspace::programs;

pub struct Store {
    /// Where it is written to.
    pub endpoint: String,
    /// Where anybody reads.
    pub public: String,
    _folder: tempfile::TempDir,
}

impl Store {
    pub const BUCKET: &str = "town";
    const KEY: &str = "publisher";
    pub const SECRET: &str = "not-very-secret";

    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(Self::BUCKET)).unwrap();
        let service = |signed: bool| {
            let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
            if signed {
                builder.set_auth(SimpleAuth::from_single(Self::KEY, Self::SECRET));
            }
            builder.build()
        };
        let (endpoint, public) = (listen(service(true)).await, listen(service(false)).await);
        Store { endpoint, public, _folder: folder }
    }

    /// `veche-server publish` to this store, with a secret of the caller's choice.
    pub async fn publish(&self, data: &Path, secret: &str) -> Output {
        let mut command = Command::new(programs().unwrap().server);
        command.arg("publish").arg("--data").arg(data).arg("--to").arg(format!("s3://{}/2026", Self::BUCKET));
        command.env("AWS_ENDPOINT", &self.endpoint).env("AWS_REGION", "eu-central-1");
        command.env("AWS_ACCESS_KEY_ID", Self::KEY).env("AWS_SECRET_ACCESS_KEY", secret);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}

async fn listen(service: S3Service) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = hyper::server::conn::http1::Builder::new();
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}
