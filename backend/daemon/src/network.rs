//! `org.moult.Network1`: NetworkManager, in the words of the contract.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use moult_api::{Failure, JoinRequest, NetworkStatus, PATH, WiredRequest};
use moult_system::network::NetworkManager;
use tokio::sync::OnceCell;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, interface};

use crate::convert;
use crate::secret;

/// A network has this long to answer.
const PATIENCE: Duration = Duration::from_secs(45);

/// The network service of this machine, reached when it is first asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    service: Arc<OnceCell<NetworkManager>>,
}

impl Network {
    async fn service(&self) -> &NetworkManager {
        self.service.get_or_init(NetworkManager::on_system_bus).await
    }

    async fn glance(&self) -> NetworkStatus {
        match self.service().await.status().await {
            Ok(status) => convert::network_status(status),
            Err(error) => {
                tracing::warn!(%error, "the network service does not answer");
                convert::no_network()
            }
        }
    }
}

#[interface(name = "org.moult.Network1")]
impl Network {
    async fn status(&self) -> Result<NetworkStatus, Failure> {
        Ok(self.glance().await)
    }

    async fn scan(&self) -> Result<(), Failure> {
        self.service().await.scan().await.map_err(convert::network_failure)
    }

    async fn join(&self, request: JoinRequest, key: zbus::OwnedFd) -> Result<(), Failure> {
        let key = secret::read(key.into()).await?;
        let wish = convert::join(request, key);
        self.service()
            .await
            .join(&wish, PATIENCE)
            .await
            .map_err(convert::network_failure)
    }

    async fn set_wired(&self, request: WiredRequest) -> Result<(), Failure> {
        let wish = convert::wired(&request).map_err(convert::network_failure)?;
        self.service()
            .await
            .set_wired(&request.interface, &wish, PATIENCE)
            .await
            .map_err(convert::network_failure)
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
    let mut changes = match network.service().await.changes().await {
        Ok(changes) => changes,
        Err(error) => return tracing::warn!(%error, "the network service cannot be watched"),
    };
    loop {
        tokio::select! {
            () = connection.closed() => return,
            change = changes.next() => if change.is_none() { return },
        }
        if Network::network_changed(&emitter, network.glance().await)
            .await
            .is_err()
        {
            return;
        }
    }
}
