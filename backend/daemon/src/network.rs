//! `org.moult.Network1`: NetworkManager, in the words of the contract.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use moult_api::{Failure, FailureCode, JoinRequest, NetworkStatus, PATH, WiredRequest};
use moult_system::network::NetworkManager;
use tokio::sync::OnceCell;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, interface};

use crate::convert;
use crate::secret;

/// A wireless network has this long to answer.
const JOIN_TIME: Duration = Duration::from_secs(45);

/// The network service of this machine, reached when it is first asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    service: Arc<OnceCell<Arc<NetworkManager>>>,
}

impl Network {
    async fn service(&self) -> Result<Arc<NetworkManager>, Failure> {
        let reached = self.service.get_or_try_init(async || {
            let bus = Connection::system().await?;
            Ok::<_, zbus::Error>(Arc::new(NetworkManager::connect(&bus).await.map_err(|error| {
                zbus::Error::Failure(error.to_string())
            })?))
        });
        reached.await.cloned().map_err(|error| Failure::new(FailureCode::NetworkUnavailable, error.to_string()))
    }

    async fn glance(&self) -> NetworkStatus {
        match self.service().await {
            Ok(service) => match service.status().await {
                Ok(status) => convert::network_status(status),
                Err(error) => {
                    tracing::warn!(%error, "the network service does not answer");
                    convert::no_network()
                }
            },
            Err(_) => convert::no_network(),
        }
    }
}

#[interface(name = "org.moult.Network1")]
impl Network {
    async fn status(&self) -> Result<NetworkStatus, Failure> {
        Ok(self.glance().await)
    }

    async fn scan(&self) -> Result<(), Failure> {
        self.service().await?.scan().await.map_err(convert::network_failure)
    }

    async fn join(&self, request: JoinRequest, key: zbus::OwnedFd) -> Result<(), Failure> {
        let key = secret::read(key.into()).await?;
        let service = self.service().await?;
        let security = convert::security(request.security);
        let joined = service.join(&request.ssid, request.hidden, security, key, JOIN_TIME).await;
        joined.map_err(convert::network_failure)
    }

    async fn set_wired(&self, request: WiredRequest) -> Result<(), Failure> {
        let service = self.service().await?;
        let wish = convert::wired_request(&request)?;
        service.set_wired(wish).await.map_err(convert::network_failure)
    }

    #[zbus(signal)]
    async fn network_changed(emitter: &SignalEmitter<'_>, status: NetworkStatus) -> zbus::Result<()>;
}

/// Tells one connection of every change until it is gone.
pub(crate) async fn announce(connection: Connection, network: Network) {
    let emitter = match SignalEmitter::new(&connection, PATH) {
        Ok(emitter) => emitter,
        Err(error) => return tracing::error!(%error, "no signals can be sent"),
    };
    let service = match network.service().await {
        Ok(service) => service,
        Err(failure) => return tracing::warn!(%failure, "there is no system bus to ask for the network"),
    };
    let mut changes = match service.changes().await {
        Ok(changes) => std::pin::pin!(changes),
        Err(error) => return tracing::warn!(%error, "the network service cannot be watched"),
    };
    loop {
        tokio::select! {
            () = connection.closed() => return,
            change = changes.next() => if change.is_none() { return },
        }
        if Network::network_changed(&emitter, network.glance().await).await.is_err() {
            return;
        }
    }
}
