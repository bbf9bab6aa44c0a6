//! The way to a residence permit: the planners, the API and the page.

mod api;
mod golden;
mod page;
