//! Looking on while a group sits. The store is looked at once for everybody who watches the same assignment on this
//! server, and only while somebody does; each watcher is then handed the same look.

use std::collections::HashMap;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

use super::{Exam, Failure};
use crate::domain::{
    Timestamp,
    access::{self, Act},
    accommodation::Accommodation,
    assignment::Assignment,
    id::{AssignmentId, AttemptId, GroupId, LearnerId},
    presence,
    rules::Section,
    school::{Group, School},
};
use crate::store::{Account, Conn, LiveAttempt, LiveLine};

/// How many views one person may watch at once on one server.
pub const WATCHING_MAX: usize = 8;

/// A group at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub as_of: Timestamp,
    /// Learners by name.
    pub rows: Vec<LiveRow>,
}

/// How far a learner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// Who.
    pub learner: LearnerId,
    /// Their name.
    pub name: String,
    /// Whether they are in the group (still).
    pub in_group: bool,
    /// The attempt that goes on, or else their last one.
    pub attempt: Option<AttemptId>,
    /// `none`, or the attempt's state: `ready`, `running`, `break`, `finished` or `voided`.
    pub state: String,
    /// The section that runs.
    pub section: Option<Section>,
    /// Its items that have an answer.
    pub answered: u32,
    /// Its items.
    pub of: Option<u32>,
    /// When the section or the break ends.
    pub until: Option<Timestamp>,
    /// When their page was last there.
    pub seen_at: Option<Timestamp>,
    /// Whether a section is being timed and their page was not there for a while.
    pub lost: bool,
    /// The conditions under which they sit.
    pub allowance: Accommodation,
}

impl LiveRow {
    /// Whether something is being timed, so that time can be given.
    pub fn is_timed(&self) -> bool {
        matches!(self.state.as_str(), "running" | "break") && self.until.is_some()
    }
}

/// What somebody sees who looks on.
#[derive(Debug, Clone)]
pub struct LiveView {
    /// In which school.
    pub school: School,
    /// Which group.
    pub group: Group,
    /// What it was given.
    pub assignment: Assignment,
    /// Whether they may give time and declare an attempt void.
    pub may_manage: bool,
    /// How far everybody is.
    pub look: Arc<Look>,
}

/// Somebody who watches; it ends with the value.
#[derive(Debug)]
pub struct Watching {
    looks: watch::Receiver<Arc<Look>>,
    _seat: Seat,
}

impl Watching {
    /// The last look.
    pub fn look(&mut self) -> Arc<Look> {
        self.looks.borrow_and_update().clone()
    }

    /// Waits for the next look; none when the server stops.
    pub async fn next(&mut self) -> Option<Arc<Look>> {
        self.looks.changed().await.ok()?;
        Some(self.look())
    }
}

/// A place among those who watch, given back with the value.
#[derive(Debug)]
struct Seat {
    who: LearnerId,
    watchers: Watchers,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut board = self.watchers.board();
        if let Some(count) = board.seats.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                board.seats.remove(&self.who);
            }
        }
    }
}

/// What is watched on this server, and by how many.
#[derive(Debug, Clone, Default)]
pub(super) struct Watchers {
    board: Arc<Mutex<Board>>,
    looks: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Board {
    closed: bool,
    watched: HashMap<AssignmentId, Watched>,
    seats: HashMap<LearnerId, usize>,
}

#[derive(Debug)]
struct Watched {
    group: GroupId,
    looks: watch::Sender<Arc<Look>>,
}

impl Watchers {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, who: &LearnerId) -> Result<Seat, Failure> {
        let mut board = self.board();
        if board.closed {
            return Err(Failure::Busy);
        }
        let count = board.seats.entry(who.clone()).or_default();
        if *count >= WATCHING_MAX {
            return Err(Failure::TooManyWatching);
        }
        *count += 1;
        Ok(Seat {
            who: who.clone(),
            watchers: self.clone(),
        })
    }

    /// Joins those who watch an assignment, if somebody does.
    fn join(&self, id: &AssignmentId) -> Option<watch::Receiver<Arc<Look>>> {
        let board = self.board();
        Some(board.watched.get(id)?.looks.subscribe())
    }

    /// Joins those who watch an assignment, or is the first, with this look.
    fn begin(
        &self,
        id: &AssignmentId,
        group: &GroupId,
        look: Arc<Look>,
    ) -> Result<watch::Receiver<Arc<Look>>, Failure> {
        let mut board = self.board();
        if board.closed {
            return Err(Failure::Busy);
        }
        let watched = board.watched.entry(id.clone()).or_insert_with(|| Watched {
            group: group.clone(),
            looks: watch::channel(look).0,
        });
        Ok(watched.looks.subscribe())
    }

    /// What is still watched.
    fn watched(&self) -> Vec<(AssignmentId, GroupId)> {
        let mut board = self.board();
        board
            .watched
            .retain(|_, watched| watched.looks.receiver_count() > 0);
        let watched = board.watched.iter();
        let watched = watched.map(|(id, watched)| (id.clone(), watched.group.clone()));
        watched.collect()
    }

    fn tell(&self, id: &AssignmentId, look: Arc<Look>) {
        if let Some(watched) = self.board().watched.get(id) {
            watched.looks.send_replace(look);
        }
    }

    /// Wakes whoever watches although there is nothing new to see.
    fn wake(&self, id: &AssignmentId) {
        if let Some(watched) = self.board().watched.get(id) {
            watched.looks.send_modify(|_| ());
        }
    }
}

impl Exam {
    /// How far a group is in an assignment.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn live(&self, who: &Account, id: &AssignmentId) -> Result<LiveView, Failure> {
        let mut conn = self.store.read().await?;
        let (school, group, assignment, standing) = self
            .assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        Ok(LiveView {
            may_manage: access::may(standing, Act::ManageAssignment).is_ok(),
            look: self.look_at(&mut conn, id, &group.id).await?,
            school,
            group,
            assignment,
        })
    }

    /// Whether somebody may look on (still).
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`].
    pub async fn may_watch(&self, who: &Account, id: &AssignmentId) -> Result<(), Failure> {
        let mut conn = self.store.read().await?;
        self.assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        Ok(())
    }

    /// Watches how far a group is in an assignment, until the value is dropped.
    ///
    /// # Errors
    /// [`Failure::NothingHere`], [`Failure::NotAllowed`], [`Failure::TooManyWatching`], [`Failure::Busy`] when the server
    /// stops.
    pub async fn watch(&self, who: &Account, id: &AssignmentId) -> Result<Watching, Failure> {
        let mut conn = self.store.read().await?;
        let (_, group, ..) = self
            .assignment_for(&mut conn, who, id, Act::SeeResults)
            .await?;
        let seat = self.watchers.seat(&who.id)?;
        let looks = match self.watchers.join(id) {
            Some(looks) => looks,
            None => {
                let look = self.look_at(&mut conn, id, &group.id).await?;
                self.watchers.begin(id, &group.id, look)?
            }
        };
        Ok(Watching { looks, _seat: seat })
    }

    /// Looks once at everything that is watched on this server and tells those who watch; returns how many looks it took.
    pub async fn look_around(&self) -> usize {
        let watched = self.watchers.watched();
        for (id, group) in &watched {
            let look = async {
                let mut conn = self.store.read().await?;
                self.look_at(&mut conn, id, group).await
            };
            match look.await {
                Ok(look) => self.watchers.tell(id, look),
                Err(error) => {
                    tracing::error!(%error, assignment = %id, "the group could not be looked at");
                    self.watchers.wake(id);
                }
            }
        }
        watched.len()
    }

    /// Lets nobody watch any more: the server stops.
    pub fn end_watching(&self) {
        let mut board = self.watchers.board();
        board.closed = true;
        board.watched.clear();
    }

    /// How often the store was looked at for somebody who looks on.
    pub fn looks(&self) -> u64 {
        self.watchers.looks.load(Ordering::Relaxed)
    }

    async fn look_at(
        &self,
        conn: &mut Conn,
        id: &AssignmentId,
        group: &GroupId,
    ) -> Result<Arc<Look>, Failure> {
        self.watchers.looks.fetch_add(1, Ordering::Relaxed);
        let as_of = self.clock.now();
        let lines = conn.live(id, group).await?;
        let rows = lines.into_iter().map(|line| row(line, as_of)).collect();
        Ok(Arc::new(Look { as_of, rows }))
    }
}

/// Which of a learner's attempts is shown: the one that goes on, else one that is finished, else one that is void.
fn rank(attempt: &LiveAttempt) -> u8 {
    match attempt.state.as_str() {
        "ready" | "running" | "break" => 3,
        "finished" => 2,
        "voided" => 1,
        _ => 0,
    }
}

fn row(line: LiveLine, now: Timestamp) -> LiveRow {
    let shown = line.attempts.into_iter().filter(|one| rank(one) > 0);
    let shown = shown.max_by(|a, b| (rank(a), &a.id).cmp(&(rank(b), &b.id)));
    let lost = shown.as_ref().is_some_and(|one| {
        let timed = one.state == "running" && one.until.is_some();
        timed
            && one
                .since
                .is_some_and(|since| presence::is_lost(one.seen_at, since, now))
    });
    let attempt = shown.as_ref();
    LiveRow {
        learner: line.learner,
        name: line.name,
        in_group: line.in_group,
        section: attempt.and_then(|one| one.section),
        answered: attempt.map_or(0, |one| one.answered),
        of: attempt.and_then(|one| one.of),
        until: attempt.and_then(|one| one.until),
        seen_at: attempt.and_then(|one| one.seen_at),
        allowance: attempt.map_or_else(Accommodation::default, |one| one.allowance),
        attempt: attempt.map(|one| one.id.clone()),
        state: shown.map_or_else(|| "none".to_owned(), |one| one.state),
        lost,
    }
}
