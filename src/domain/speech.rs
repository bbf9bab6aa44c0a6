//! How a recording must sound: how loud, and how fast the speech is.

/// The loudness of every recording, in LUFS: that of a podcast, at which speech is clear on a telephone.
pub const TARGET_LUFS: f64 = -16.0;
/// How far a recording may be from [`TARGET_LUFS`], in LU: a step that hardly anybody hears.
pub const TOLERANCE_LU: f64 = 1.0;
/// The highest true peak of a recording, in dBTP: above it, cheap players crackle.
pub const MOST_DBTP: f64 = -1.0;
