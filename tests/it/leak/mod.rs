//! Nothing that a learner is sent before feedback is allowed tells a key (DESIGN, invariant 3).

mod chance;
mod given;
mod teaching;
pub mod walk;
