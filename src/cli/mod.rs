//! The subcommands of the `synaq` program.

pub mod speak;
