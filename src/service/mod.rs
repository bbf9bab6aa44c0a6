//! Use cases, one a file. A use case owns its transaction and the events that it records.
//!
//! [`Exam`] is the whole service: the web and the command line hold one and call it.

mod accommodations;
mod accounts;
mod answers;
mod assignments;
mod attempts;
mod audience;
mod audit;
mod chance;
mod changes;
mod comments;
mod corrections;
mod demonstration;
mod exports;
mod facts;
mod gradebook;
mod groups;
mod invigilation;
mod invitations;
mod joining;
mod keys;
mod letter;
mod live;
mod load;
mod marked;
mod measuring;
mod needs;
mod opening;
mod operator;
mod own_data;
pub mod paper;
mod pathway;
mod people;
mod plays;
mod potential;
mod presence;
mod preview;
mod profiles;
mod progress;
mod recordings;
mod rescore;
mod responses;
mod results;
mod retention;
mod review;
mod rosters;
mod schools;
mod scores;
mod sections;
mod standing;
mod sweep;
mod takes;
mod track;
mod track_file;
mod trail;
mod transcript;
mod withheld;

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};

pub use accommodations::AccommodationView;
pub(crate) use accounts::hex;
pub use accounts::{NewAccount, SignedIn, hash_token};
pub use assignments::{AssignmentView, NewAssignment};
pub use attempts::{HistoryEntry, NextMock};
pub use audit::{AUDIT_PAGE, AuditAsk, AuditLine, AuditView};
pub use chance::Chance;
pub use changes::{AssignmentChange, SettingsView};
pub use comments::COMMENT_MAX;
pub use corrections::{CorrectionWish, REASON_MAX, Rescoring};
pub use demonstration::{DEMONSTRATION_PASSWORD, Demonstration};
pub use exports::{AssignmentExport, GROUP_TABLES_MAX, GroupExport};
pub use gradebook::{Grade, Gradebook, GradebookRow, GradedSection, Shown};
pub use groups::{CODE_DAYS, CODE_DAYS_MAX, GroupView};
pub use invitations::InvitedTutor;
pub use joining::Invitation;
pub use keys::{KeySource, Keyring};
pub use letter::{Conditions, Letter};
pub use live::{LiveRow, LiveView, Look, WATCHING_MAX, Watching};
pub use marked::{Marked, MarkedItem};
pub use needs::{NEEDS_LOOK_BACK, NeedsView, SkillNeed};
pub use opening::TimeLeft;
pub use operator::{BankVersion, ServerView};
pub use own_data::Consent;
pub use pathway::{PathwayInForce, Plan, Situation, SituationFault};
pub use preview::{BankLine, Preview, PreviewSection, PreviewTestlet};
pub use profiles::{PROFILE_BYTES_MAX, PROFILE_NAME_MAX, PROFILES_MAX, check_profile_name};
pub use progress::{
    ExpectedPoints, Progress, ProgressAttempt, SKILLS_LOOK_BACK, SkillRow, SkillsOverTime,
};
pub use recordings::{AdoptableVoice, VoiceDesk};
pub use rescore::{Change, Effect, Outcome, Question};
pub use responses::{Response, Saved};
pub use results::{AttemptResult, ItemResult, SectionResult, TestletResult};
pub use retention::{Forgotten, Retention};
pub use review::{ItemReview, Review, ReviewedLearner};
pub use rosters::RosterPlan;
pub use schools::{GroupLine, SchoolView};
pub use scores::MockScores;
pub use sweep::Outage;
pub use takes::{UPLOAD_BYTES_MAX, UPLOADS_AT_ONCE, UploadPlace};
pub use track::PaperTrack;
pub use track_file::TrackFile;
pub use trail::{AssignedResult, Neighbour, Plays, Step, Trail};
pub use transcript::{Line, is_synthetic, transcript};

pub use crate::audio::Refusal as TakeRefusal;
use crate::clock::SharedClock;
use crate::content::Content;
use crate::domain::{
    assemble::Unfilled,
    assignment::Closed,
    attempt::{Limits, Refused},
    delay::SeenFrom,
    id::{AttemptId, RuleId},
    language_score::KeySet,
    points::ProfileFault,
    practice::NothingFits,
    rules::RuleSet,
    school::CodeRefused,
    track::TooLong,
    voice::WrongStep,
};
pub use crate::store::{
    Account, AssignedAttempt, Comment, DueAssignment, Grant, Granted, GroupMember, InventedAccount,
    KeptVoice, Member, NamedInvitation, ProfileOverview, Receipt, Role, SavedProfile, SchoolCounts,
    Sender, Somebody, Storage,
};
use crate::store::{ResponseWriter, Store, StoreError};

/// What the service needs to be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The rule set of a mock for which none was chosen.
    pub default_rule: RuleId,
    /// The server's own limits of time.
    pub limits: Limits,
    /// How long a session lasts.
    pub session_length: TimeDelta,
    /// The keys of language scores that the configuration names.
    pub keys: KeySet,
    /// What is kept for how long.
    pub retention: Retention,
}

/// The exam service.
#[derive(Debug, Clone)]
pub struct Exam {
    store: Store,
    writer: ResponseWriter,
    known: facts::KnownAttempts,
    content: Arc<Content>,
    clock: SharedClock,
    settings: Arc<Settings>,
    keys: Arc<Keyring>,
    presence: presence::Presence,
    watchers: live::Watchers,
    hashing: Arc<tokio::sync::Semaphore>,
    sounds: track_file::Sounds,
    studio: Arc<tokio::sync::Semaphore>,
    uploads: takes::Uploads,
    chance: Chance,
    /// Set where everybody and everything is invented.
    invented: Arc<std::sync::OnceLock<()>>,
}

/// Why a use case was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No such attempt, or not this learner's: the two look alike.
    #[error("no such attempt")]
    NotFound,
    /// No rule set with this id.
    #[error("no rule set {0}")]
    UnknownRule(RuleId),
    /// The retake limit is reached.
    #[error("the retake limit is reached; the next mock is allowed on {next_allowed}")]
    RetakeLimit {
        /// The first day on which a mock may start, in the rule's time zone.
        next_allowed: NaiveDate,
    },
    /// Another mock of this learner goes on.
    #[error("another mock is in progress")]
    AttemptInProgress(AttemptId),
    /// It would tell a key that is kept back: of a mock that is not begun, or of what a school shows later.
    #[error(
        "the keys of this text are kept back until your mock is over, or until your school shows them"
    )]
    KeptBack,
    /// The attempt's state forbids it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The exam is open on another page, which took over.
    #[error("the exam is open on another page")]
    PageSuperseded,
    /// The recording was played as often as the rules allow.
    #[error("the recording was played as often as the rules allow")]
    PlaysUsed,
    /// The recordings are played by the section's track, not by the learner.
    #[error("the recordings of this section are played by its track")]
    PlayedByTrack,
    /// The recordings do not fit into the section as a track.
    #[error(transparent)]
    TrackTooLong(#[from] TooLong),
    /// A recording is gone, or is none that can be joined to others.
    #[error("the recordings of this section cannot be joined to a track")]
    NoTrack,
    /// The attempt has no such recording.
    #[error("this attempt has no recording {0}")]
    NoSuchRecording(String),
    /// The result exists only once the attempt is finished.
    #[error("the attempt is not finished")]
    NotFinished,
    /// The school lets the result come later, as on the real test.
    #[error("the result can be seen from {} on", .0.at)]
    ResultNotYet(SeenFrom),
    /// Only a mock that counts gives a language score.
    #[error("only a finished mock that counts gives a language score")]
    NotAMock,
    /// The bank cannot make such a form.
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
    /// Nothing to practise fits.
    #[error(transparent)]
    NothingFits(#[from] NothingFits),
    /// A value that was sent is not acceptable.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field's name.
        field: &'static str,
        /// What is wrong, as a key of the locales: `too-short` …
        problem: &'static str,
    },
    /// The account cannot be made with this address.
    #[error("an account cannot be made with this address")]
    AccountRefused,
    /// The session has ended, or there never was one.
    #[error("there is no such session")]
    SessionOver,
    /// The address or the password is wrong; which one is not said.
    #[error("the address or the password is wrong")]
    WrongCredentials,
    /// The content has no table of points that is in force.
    #[error("there is no table of points in force")]
    NoPointsTable,
    /// The content has no calendar, or no table of the way to a residence permit that is in force.
    #[error("there is no table of the way to a residence permit in force")]
    NoPathway,
    /// A profile that cannot be assessed.
    #[error(transparent)]
    Profile(#[from] ProfileFault),
    /// No such saved profile, or not this learner's: the two look alike.
    #[error("no such profile")]
    NoSuchProfile,
    /// The learner keeps as many profiles as they may.
    #[error("{PROFILES_MAX} profiles are kept already; delete one, then save again")]
    TooManyProfiles,
    /// No such school, group or assignment, or none that this person may know of: they look alike.
    #[error("there is no such school, group or assignment")]
    NothingHere,
    /// It is there, and this person's role does not allow what they want.
    #[error("your role in this school does not allow it")]
    NotAllowed,
    /// A guest wants what needs an account.
    #[error("this needs an account; create one first")]
    AccountNeeded,
    /// No such code.
    #[error("there is no such code")]
    NoSuchCode,
    /// The code lets nobody in any more.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// A school needs an owner.
    #[error("the last owner cannot leave the school")]
    LastOwner,
    /// The assignment cannot be started.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// An upload cannot be made a recording of.
    #[error(transparent)]
    Take(#[from] TakeRefusal),
    /// A recording's state does not allow this.
    #[error(transparent)]
    Voice(#[from] WrongStep),
    /// Somebody watches as many views as they may.
    #[error("{WATCHING_MAX} views are watched already; close one, then try again")]
    TooManyWatching,
    /// Too much to do at the moment.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many passwords are hashed at once: each takes 19 MiB and a core for some tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;
/// How many recordings are made of uploads at once: each takes a core for some seconds.
const TAKES_AT_ONCE: usize = 2;
/// Whoever asks whether a node is ready asks every few seconds, and does not wait for a pool's patience.
const READY_WITHIN: std::time::Duration = std::time::Duration::from_secs(1);

impl Exam {
    /// Starts the service on an open store; keeps the bank's present wordings in it, and a signing key if none is
    /// configured.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn start(
        store: Store,
        content: Arc<Content>,
        clock: SharedClock,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let mut conn = store.write().await?;
        conn.keep_editions(&content.bank, clock.now()).await?;
        let keys = Keyring::open(&mut conn, &settings.keys, clock.now()).await?;
        let invented = std::sync::OnceLock::new();
        if conn.demonstration().await?.is_some() {
            invented.get_or_init(|| ());
        }
        conn.commit().await?;
        Ok(Self {
            chance: Chance::default(),
            invented: Arc::new(invented),
            writer: ResponseWriter::start(store.clone()),
            known: facts::KnownAttempts::of(&content),
            store,
            content,
            clock,
            settings: Arc::new(settings),
            keys: Arc::new(keys),
            presence: presence::Presence::default(),
            watchers: live::Watchers::default(),
            hashing: Arc::new(tokio::sync::Semaphore::new(HASHES_AT_ONCE)),
            sounds: track_file::Sounds::default(),
            studio: Arc::new(tokio::sync::Semaphore::new(TAKES_AT_ONCE)),
            uploads: takes::Uploads::default(),
        })
    }

    /// The same service with the seeds of its forms from elsewhere.
    pub fn with_chance(self, chance: Chance) -> Self {
        Self { chance, ..self }
    }

    /// The same service with room for so many responses that wait to be written, each for so long.
    pub fn with_room(self, room: usize, patience: std::time::Duration) -> Self {
        Self {
            writer: ResponseWriter::with_room(self.store.clone(), room, patience),
            ..self
        }
    }

    /// The rules and the bank.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The clock by which everything is timed.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// What the service was told.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not, or not within a second.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let asked = tokio::time::timeout(READY_WITHIN, self.store.ping());
        let late = |_| Err(StoreError::unanswered());
        asked.await.unwrap_or_else(late)
    }

    /// The rule set with this id, or the server's default.
    ///
    /// # Errors
    /// [`Failure::UnknownRule`].
    pub fn rules(&self, id: Option<&RuleId>) -> Result<Arc<RuleSet>, Failure> {
        let id = id.unwrap_or(&self.settings.default_rule);
        self.content
            .rules
            .get(id)
            .cloned()
            .ok_or_else(|| Failure::UnknownRule(id.clone()))
    }
}
