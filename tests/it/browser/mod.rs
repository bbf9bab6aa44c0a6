//! The pages as people meet them: a real browser, a server process, a database file. Nothing here waits for a fixed
//! time: every wait is for a condition, with a deadline.

mod driver;
mod forms;
mod invigilation;
mod kept;
mod keyboard;
mod learner;
mod network;
mod pages;
mod pathway;
mod places;
mod plays;
mod points;
mod practice;
mod recording;
mod refused;
mod school;
mod sent;
mod server;
mod sitting;
mod story;
mod tabs;
mod timing;
mod track;
mod window;

use driver::Scripts;
use learner::Stage;
use server::Server;
use window::Browser;
