//! How far something is, on standard error where somebody watches.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
        Self::show(what, of, done, move || seen.load(Ordering::Relaxed))
    }

    /// Of so many seconds, counted by itself.
    pub fn seconds(what: &'static str, of: Duration) -> Self {
        let from = Instant::now();
        let seconds = of.as_secs_f64().ceil() as usize;
        Self::show(what, seconds, Arc::default(), move || {
            from.elapsed().as_secs() as usize
        })
    }

    fn show(
        what: &'static str,
        of: usize,
        done: Arc<AtomicUsize>,
        seen: impl Fn() -> usize + Send + 'static,
    ) -> Self {
        const WIDTH: usize = 40;
        let task = tokio::spawn(async move {
            while std::io::stderr().is_terminal() {
                let now = seen().min(of);
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
