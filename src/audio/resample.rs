//! Samples at one rate to samples at another, piece by piece: a windowed sinc, which folds nothing back.

use std::f64::consts::PI;

use super::AudioError;

/// The lowest rate taken, in hertz: that of a telephone.
const LEAST_RATE: u32 = 8_000;
/// The highest rate taken, in hertz.
const MOST_RATE: u32 = 192_000;
/// Zero crossings of the sinc on either side; a tenth above half the lower rate 45 dB are gone, and soon 70.
const CROSSINGS: f64 = 16.0;
/// Where the pass band ends, as a share of half the lower rate.
const PASS: f64 = 0.92;
/// Positions between two samples that the table knows; between two of them is a straight line.
const PHASES: usize = 256;

/// Turns mono samples at one rate into such at another.
pub(super) struct Resampler {
    from: u64,
    to: u64,
    /// Input samples on either side of an output sample that count.
    half: usize,
    /// `PHASES + 1` rows of `2 * half` weights; empty when the rates are the same.
    table: Vec<f32>,
    /// Input that later output needs, `half` zeros before the first sample.
    held: Vec<f32>,
    /// How many input samples, those zeros among them, were dropped from the front of `held`.
    dropped: u64,
    /// The number of the next output sample.
    next: u64,
    taken: u64,
}

impl Resampler {
    /// # Errors
    /// [`AudioError::Unsupported`] for a rate that no recording of a voice has.
    pub(super) fn new(from: u32, to: u32) -> Result<Self, AudioError> {
        if !(LEAST_RATE..=MOST_RATE).contains(&from) {
            return Err(AudioError::Unsupported(format!("{from} Hz")));
        }
        let cutoff = PASS * (f64::from(to) / f64::from(from)).min(1.0);
        let half = (CROSSINGS / cutoff).ceil() as usize;
        let table = match from == to {
            true => Vec::new(),
            false => table(cutoff, half),
        };
        Ok(Self {
            from: u64::from(from),
            to: u64::from(to),
            half,
            table,
            held: vec![0.0; half],
            dropped: 0,
            next: 0,
            taken: 0,
        })
    }

    /// Takes the next samples and appends what they give.
    pub(super) fn feed(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.table.is_empty() {
            out.extend_from_slice(samples);
            return;
        }
        self.taken += samples.len() as u64;
        self.held.extend_from_slice(samples);
        self.give(u64::MAX, out);
    }

    /// Appends what the last samples give.
    pub(super) fn finish(mut self, out: &mut Vec<f32>) {
        if !self.table.is_empty() {
            self.held.extend(std::iter::repeat_n(0.0, 2 * self.half));
            self.give(self.taken * self.to / self.from, out);
        }
    }

    fn give(&mut self, until: u64, out: &mut Vec<f32>) {
        let width = 2 * self.half;
        while self.next < until {
            let place = self.next * self.from;
            // Weight k belongs to the input sample `place / to - half + 1 + k`, and `held` begins `half` before zero.
            let start = (place / self.to + 1 - self.dropped) as usize;
            let Some(window) = self.held.get(start..start + width) else {
                break;
            };
            let phase = (place % self.to) as f64 / self.to as f64 * PHASES as f64;
            let row = phase as usize;
            let share = (phase - row as f64) as f32;
            let (low, high) = self.table[row * width..(row + 2) * width].split_at(width);
            let sum =
                |weights: &[f32]| -> f32 { weights.iter().zip(window).map(|(w, s)| w * s).sum() };
            out.push(sum(low) * (1.0 - share) + sum(high) * share);
            self.next += 1;
        }
        let done = (self.next * self.from / self.to)
            .saturating_sub(self.dropped)
            .min(self.held.len() as u64);
        self.held.drain(..done as usize);
        self.dropped += done;
    }
}

fn table(cutoff: f64, half: usize) -> Vec<f32> {
    let mut table = Vec::with_capacity((PHASES + 1) * 2 * half);
    for phase in 0..=PHASES {
        let shift = phase as f64 / PHASES as f64;
        let row: Vec<f64> = (0..2 * half)
            .map(|k| {
                let t = k as f64 + 1.0 - half as f64 - shift;
                sinc(cutoff * t) * window(t / half as f64)
            })
            .collect();
        // Each row passes a constant as it is.
        let whole: f64 = row.iter().sum();
        table.extend(row.iter().map(|weight| (weight / whole) as f32));
    }
    table
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Blackman's window over -1 to 1.
fn window(x: f64) -> f64 {
    if x.abs() >= 1.0 {
        return 0.0;
    }
    0.42 + 0.5 * (PI * x).cos() + 0.08 * (2.0 * PI * x).cos()
}

/// All samples at once.
pub(super) fn resample(samples: Vec<f32>, from: u32, to: u32) -> Result<Vec<f32>, AudioError> {
    if from == to {
        return Ok(samples);
    }
    let mut resampler = Resampler::new(from, to)?;
    let mut out = Vec::new();
    resampler.feed(&samples, &mut out);
    resampler.finish(&mut out);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::sine_at;

    const TO: u32 = 22_050;

    fn peak(samples: &[f32]) -> f32 {
        samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
    }

    #[test]
    fn a_tone_stays_the_same_tone() {
        for from in [8_000, 11_025, 16_000, 44_100, 48_000, 96_000] {
            let out = resample(sine_at(from, 440.0, 0.5, from as usize), from, TO).unwrap();
            assert!(
                out.len().abs_diff(TO as usize) <= 1,
                "{from}: {}",
                out.len()
            );
            let same = sine_at(TO, 440.0, 0.5, TO as usize);
            let off: Vec<f32> = out.iter().zip(&same).map(|(a, b)| a - b).collect();
            let middle = &off[200..off.len() - 200];
            assert!(peak(middle) < 0.001, "{from}: {}", peak(middle));
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_gone() {
        for hertz in [12_500.0, 15_000.0, 19_000.0] {
            let out = resample(sine_at(44_100, hertz, 0.5, 44_100), 44_100, TO).unwrap();
            let middle = &out[200..out.len() - 200];
            assert!(peak(middle) < 0.003, "{hertz}: {}", peak(middle));
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let samples = sine_at(48_000, 700.0, 0.5, 9_600);
        let whole = resample(samples.clone(), 48_000, TO).unwrap();
        for size in [1, 37, 1_152] {
            let mut resampler = Resampler::new(48_000, TO).unwrap();
            let mut out = Vec::new();
            for piece in samples.chunks(size) {
                resampler.feed(piece, &mut out);
            }
            resampler.finish(&mut out);
            assert_eq!(out, whole, "{size}");
        }
    }

    #[test]
    fn rates_of_no_voice_are_refused() {
        for rate in [0, 1, 4_000, 1_000_000] {
            assert!(Resampler::new(rate, TO).is_err(), "{rate}");
        }
    }
}
