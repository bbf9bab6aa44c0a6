pub mod audio;
pub mod cli;
