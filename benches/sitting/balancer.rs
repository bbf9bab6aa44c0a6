//! One address before several nodes: each connection goes to the next node that lives, and ends with its node.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};

/// The balancer, which lives as long as this.
pub struct Balancer {
    /// Where learners connect.
    pub address: SocketAddr,
    nodes: Arc<Vec<Node>>,
    task: tokio::task::JoinHandle<()>,
}

struct Node {
    address: SocketAddr,
    lives: AtomicBool,
}

impl Balancer {
    /// Before these nodes.
    pub async fn start(nodes: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let nodes: Arc<Vec<Node>> = Arc::new(
            nodes
                .into_iter()
                .map(|address| Node {
                    address,
                    lives: AtomicBool::new(true),
                })
                .collect(),
        );
        let all = nodes.clone();
        let turn = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else {
                    continue;
                };
                let (nodes, turn) = (all.clone(), turn.clone());
                tokio::spawn(async move {
                    if let Some(node) = connect(&nodes, &turn).await {
                        carry(client, node).await;
                    }
                });
            }
        });
        Self {
            address,
            nodes,
            task,
        }
    }

    /// Takes a node that answers again.
    pub fn take_back(&self, node: usize) {
        self.nodes[node].lives.store(true, Ordering::Relaxed);
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// To the next node that takes the connection; who refuses is left out until it is taken back.
async fn connect(nodes: &[Node], turn: &AtomicUsize) -> Option<TcpStream> {
    for _ in 0..nodes.len() {
        let node = &nodes[turn.fetch_add(1, Ordering::Relaxed) % nodes.len()];
        if !node.lives.load(Ordering::Relaxed) {
            continue;
        }
        match TcpStream::connect(node.address).await {
            Ok(stream) => return Some(stream),
            Err(_) => node.lives.store(false, Ordering::Relaxed),
        }
    }
    None
}

/// Until both sides have ended: what a dead node leaves is closed towards its client.
async fn carry(mut client: TcpStream, mut node: TcpStream) {
    let _ = (client.set_nodelay(true), node.set_nodelay(true));
    // How it ended is each side's own business.
    let _ = tokio::io::copy_bidirectional(&mut client, &mut node).await;
}
