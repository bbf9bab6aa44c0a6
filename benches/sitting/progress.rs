//! How far something is, on standard error where somebody watches.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How far something is, on standard error.
pub struct Bar {
    /// What is done, counted by whoever does it.
    pub done: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Bar {
    /// Of so many.
    pub fn new(what: &'static str, of: usize) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let seen = done.clone();
        let task = tokio::spawn(async move {
            if !std::io::stderr().is_terminal() {
                return;
            }
            const WIDTH: usize = 40;
            loop {
                let now = seen.load(Ordering::Relaxed);
                let full = WIDTH * now / of.max(1);
                let _ = write!(
                    std::io::stderr(),
                    "\r  {what} [{:<WIDTH$}] {now}/{of} ",
                    "#".repeat(full)
                );
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        Self { done, task }
    }

    /// Ends it and wipes its line.
    pub fn end(self) {
        self.task.abort();
        if std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r{:70}\r", "");
        }
    }
}
