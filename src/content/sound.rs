//! How the recordings sound, as their manifests say it or a decoder heard it: alike loud, and at their level's rate.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::Content;
use crate::domain::level::Level;
use crate::domain::speech::{MOST_DBTP, TARGET_LUFS, TOLERANCE_LU, rate_norm};

/// How one recording sounds; what nobody has measured is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sounding {
    /// Integrated loudness in LUFS.
    pub loudness_lufs: Option<f64>,
    /// True peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Rate of the speech without the pauses between sentences.
    pub syllables_per_minute: Option<u32>,
}

impl Sounding {
    /// Why the recording is not as loud as it must be, by the manifest's field.
    pub(super) fn faults(self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if let Some(lufs) = self.loudness_lufs
            && (lufs - TARGET_LUFS).abs() > TOLERANCE_LU
        {
            let reason = format!(
                "the recording has {lufs:.1} LUFS and must have {TARGET_LUFS} ± {TOLERANCE_LU}: bring it there, or \
                 `synaq speak` makes a synthetic one anew"
            );
            faults.push(("loudness_lufs", reason));
        }
        if let Some(peak) = self.true_peak_dbtp
            && peak >= MOST_DBTP
        {
            let reason = format!(
                "the recording's true peak is {peak:.1} dBTP and must be under {MOST_DBTP}: turn it down or limit it"
            );
            faults.push(("true_peak_dbtp", reason));
        }
        faults
    }
}

/// The recordings together.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SoundAudit {
    /// The softest and the loudest, in LUFS.
    pub loudness_lufs: Option<(f64, f64)>,
    /// The highest true peak, in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// By level the slowest and the fastest speech, in syllables a minute.
    pub syllables_per_minute: BTreeMap<Level, (u32, u32)>,
    /// Recordings outside their level's norm.
    pub off_norm: usize,
    /// Recordings whose loudness nobody has measured.
    pub unmeasured: usize,
}

/// Sums up how the bank sounds.
pub fn summary(content: &Content) -> SoundAudit {
    let mut audit = SoundAudit::default();
    for edition in content.bank.testlets() {
        let testlet = &edition.testlet;
        if testlet.stimulus.recording().is_none() {
            continue;
        }
        let sounding = content.sounding.get(&testlet.id);
        let sounding = sounding.copied().unwrap_or_default();
        match sounding.loudness_lufs {
            None => audit.unmeasured += 1,
            Some(lufs) => {
                let (low, high) = audit.loudness_lufs.unwrap_or((lufs, lufs));
                audit.loudness_lufs = Some((low.min(lufs), high.max(lufs)));
            }
        }
        if let Some(peak) = sounding.true_peak_dbtp {
            let most = audit.true_peak_dbtp.unwrap_or(peak);
            audit.true_peak_dbtp = Some(most.max(peak));
        }
        if let Some(rate) = sounding.syllables_per_minute {
            let rates = audit.syllables_per_minute.entry(testlet.level);
            let (low, high) = rates.or_insert((rate, rate));
            (*low, *high) = ((*low).min(rate), (*high).max(rate));
            audit.off_norm += usize::from(!rate_norm(testlet.level).contains(&rate));
        }
    }
    audit
}

impl fmt::Display for SoundAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.loudness_lufs {
            Some((low, high)) => write!(f, "loudness {low:.1} … {high:.1} LUFS")?,
            None => write!(f, "loudness not measured")?,
        }
        if let Some(peak) = self.true_peak_dbtp {
            write!(f, ", true peak {peak:.1} dBTP")?;
        }
        for (level, (low, high)) in &self.syllables_per_minute {
            write!(f, ", {level} {low}–{high}")?;
        }
        if !self.syllables_per_minute.is_empty() {
            write!(
                f,
                " syllables a minute ({} outside the norm)",
                self.off_norm
            )?;
        }
        match self.unmeasured {
            0 => Ok(()),
            _ if self.loudness_lufs.is_none() => Ok(()),
            count => write!(f, ", {count} not measured"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_and_peak_have_bounds() {
        let of = |lufs, peak| Sounding {
            loudness_lufs: Some(lufs),
            true_peak_dbtp: Some(peak),
            syllables_per_minute: None,
        };
        let fields = |sounding: Sounding| -> Vec<&str> {
            sounding.faults().iter().map(|(field, _)| *field).collect()
        };
        assert!(fields(of(-16.9, -1.1)).is_empty());
        assert_eq!(fields(of(-17.1, -1.1)), ["loudness_lufs"]);
        assert_eq!(fields(of(-14.9, -1.0)), ["loudness_lufs", "true_peak_dbtp"]);
        assert!(fields(Sounding::default()).is_empty());
    }

    #[test]
    fn a_summary_is_one_line() {
        let audit = SoundAudit {
            loudness_lufs: Some((-16.34, -15.8)),
            true_peak_dbtp: Some(-1.62),
            syllables_per_minute: BTreeMap::from([
                (Level::A2, (205, 221)),
                (Level::B1, (230, 230)),
            ]),
            off_norm: 1,
            unmeasured: 2,
        };
        assert_eq!(
            audit.to_string(),
            "loudness -16.3 … -15.8 LUFS, true peak -1.6 dBTP, A2 205–221, B1 230–230 syllables a minute \
             (1 outside the norm), 2 not measured"
        );
        assert_eq!(SoundAudit::default().to_string(), "loudness not measured");
    }
}
