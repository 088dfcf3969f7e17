//! Object stores of clouds, configured as their own tools are: by the standard variables of
//! the environment (`AWS_*`, `AZURE_*`, `GOOGLE_*`), profiles of the machine they run on,
//! or credentials of a workload.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};

use crate::error::{Error, Result};
use crate::limits::{MAX_REQUEST_RETRIES, REQUEST_LIMIT};

/// Schemes of URLs that are stores of clouds.
pub(super) const SCHEMES: [&str; 3] = ["s3", "gs", "az"];

/// Where Google's own clients look for an emulator of Cloud Storage.
const GCS_EMULATOR: &str = "STORAGE_EMULATOR_HOST";

/// An account that asks nobody for a token.
const NO_ACCOUNT: &str =
    r#"{"client_email": "", "private_key": "", "private_key_id": "", "disable_oauth": true}"#;

/// The store that holds everything of the bucket or container of `url`.
pub(super) fn open(scheme: &str, url: &str) -> Result<Arc<dyn ObjectStore>> {
    let opened = match scheme {
        "s3" => s3(url),
        "gs" => gs(url),
        _ => az(url),
    };
    opened.map_err(|error| Error::Invalid(format!("warehouse {url:?}: {error}")))
}

fn s3(url: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env()
        .with_url(url)
        .with_retry(retry());
    let endpoints = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let endpoint = endpoints
        .iter()
        .find_map(|key| builder.get_config_value(key));
    if is_plain(endpoint) {
        let allow = AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp);
        builder = builder.with_config(allow, "true");
    }
    Ok(Arc::new(builder.build()?))
}

fn gs(url: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_url(url)
        .with_retry(retry());
    if let Some(emulator) = variable(GCS_EMULATOR) {
        let emulator = match emulator.contains("://") {
            true => emulator,
            false => format!("http://{emulator}"),
        };
        // No emulator looks at credentials.
        builder = builder
            .with_config(GoogleConfigKey::BaseUrl, emulator)
            .with_config(GoogleConfigKey::SkipSignature, "true")
            .with_service_account_key(NO_ACCOUNT);
    }
    if is_plain(builder.get_config_value(&GoogleConfigKey::BaseUrl)) {
        let allow = GoogleConfigKey::Client(ClientConfigKey::AllowHttp);
        builder = builder.with_config(allow, "true");
    }
    Ok(Arc::new(builder.build()?))
}

fn az(url: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_url(url)
        .with_retry(retry());
    if is_plain(builder.get_config_value(&AzureConfigKey::Endpoint)) {
        let allow = AzureConfigKey::Client(ClientConfigKey::AllowHttp);
        builder = builder.with_config(allow, "true");
    }
    Ok(Arc::new(builder.build()?))
}

/// Whoever writes `http://` means it.
fn is_plain(endpoint: Option<String>) -> bool {
    endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"))
}

fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "as object_store itself reads what concerns the stores of clouds"
    )]
    let value = std::env::var(name);
    value.ok().filter(|value| !value.is_empty())
}

/// A request that failed for a reason that may pass is sent again, for so long.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(3),
            base: 2.0,
        },
        max_retries: MAX_REQUEST_RETRIES,
        retry_timeout: REQUEST_LIMIT,
    }
}
