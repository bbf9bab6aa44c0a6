//! The curve: processor time of a learner over how many there are, as an SVG that reads in light and dark.

use serde_json::Value;

use super::{Run, number};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 200.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 56.0;
/// Lines at most: so many colours there are.
const MOST: usize = 4;
/// Names of lines are so far apart at least.
const APART: f64 = 16.0;

const STYLE: &str = "\
    text{font:13px system-ui,sans-serif;fill:#1f2328}\
    .grid{stroke:#d0d7de;stroke-width:1}.axis{stroke:#57606a;stroke-width:1.5}\
    path{fill:none;stroke-width:2.5}\
    .l0{stroke:#0550ae}.l1{stroke:#9a3412;stroke-dasharray:7 4}.l2{stroke:#116329;stroke-dasharray:2 4}\
    .l3{stroke:#6639ba;stroke-dasharray:10 3 2 3}\
    .d0{fill:#0550ae}.d1{fill:#9a3412}.d2{fill:#116329}.d3{fill:#6639ba}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}.axis{stroke:#9198a1}\
    .l0{stroke:#79c0ff}.l1{stroke:#ffa657}.l2{stroke:#7ee787}.l3{stroke:#d2a8ff}\
    .d0{fill:#79c0ff}.d1{fill:#ffa657}.d2{fill:#7ee787}.d3{fill:#d2a8ff}}";

/// A line: its name and its points, learners and milliseconds.
type Line = (String, Vec<(f64, f64)>);

/// The picture; none where no curve was measured.
pub fn curve(runs: &[Run]) -> Option<String> {
    let lines: Vec<Line> = runs
        .iter()
        .filter_map(|run| Some((run.site(), points(run.round("curve")?))))
        .filter(|(_, points)| !points.is_empty())
        .take(MOST)
        .collect();
    let all = || lines.iter().flat_map(|(_, points)| points);
    let (least, most) = all().fold((f64::MAX, f64::MIN), |(least, most), (x, _)| {
        (least.min(*x), most.max(*x))
    });
    if lines.is_empty() {
        return None;
    }
    let step = step(all().fold(1.0, |top, (_, y)| f64::max(top, *y)));
    let steps = (all().fold(0.0, |top, (_, y)| f64::max(top, *y)) / step)
        .ceil()
        .max(1.0);
    let wide = (most / least).log10().max(f64::EPSILON);
    let x = |learners: f64| LEFT + (WIDTH - LEFT - RIGHT) * (learners / least).log10() / wide;
    let y = |ms: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ms / (step * steps);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">Processor time of a learner, from few learners to many</title>\n\
         <desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <text x=\"{LEFT}\" y=\"22\">milliseconds of the server's processor time for a learner's whole exam</text>\n",
        escaped(&described(&lines))
    );
    for n in 0..=steps as u32 {
        let ms = step * f64::from(n);
        let class = if n == 0 { "axis" } else { "grid" };
        svg += &format!(
            "<line class=\"{class}\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y(ms) + 4.5,
            number(&ms.into(), usize::from(step < 1.0)),
            at = y(ms),
        );
    }
    let mut marks: Vec<f64> = all().map(|(x, _)| *x).collect();
    marks.sort_by(f64::total_cmp);
    marks.dedup();
    for learners in marks {
        svg += &format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
            x(learners),
            HEIGHT - BOTTOM + 20.0,
            number(&learners.into(), 0)
        );
    }
    svg += &format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">learners</text>\n",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 12.0
    );
    let mut names = Vec::new();
    for (n, (name, points)) in lines.iter().enumerate() {
        let path: Vec<String> = points
            .iter()
            .map(|(learners, ms)| format!("{:.1} {:.1}", x(*learners), y(*ms)))
            .collect();
        svg += &format!("<path class=\"l{n}\" d=\"M{}\"/>\n", path.join("L"));
        for (learners, ms) in points {
            let (x, y) = (x(*learners), y(*ms));
            svg += &format!("<circle class=\"d{n}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>\n");
        }
        if let Some((learners, ms)) = points.last() {
            names.push((y(*ms) + 4.5, x(*learners) + 10.0, n, name));
        }
    }
    // Names stand where their lines end, pushed down where two would meet.
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lowest = f64::MIN;
    for (y, x, n, name) in names {
        let y = y.max(lowest + APART);
        lowest = y;
        let name = escaped(name);
        svg += &format!("<text class=\"d{n}\" x=\"{x:.1}\" y=\"{y:.1}\">{name}</text>\n");
    }
    Some(svg + "</svg>\n")
}

/// What a learner costs from coming to the result, by how many there were.
fn points(curve: &Value) -> Vec<(f64, f64)> {
    let points = curve["points"].as_array().into_iter().flatten();
    let points = points.filter_map(|point| {
        let ms = |name: &str| point[name].as_f64();
        Some((
            point["learners"]
                .as_f64()
                .filter(|learners| *learners > 0.0)?,
            ms("come_cpu_ms")? + ms("sit_cpu_ms")?,
        ))
    });
    points.collect()
}

/// A round step of which there are four to eight up to this.
fn step(top: f64) -> f64 {
    let rough = top / 4.0;
    let ten = 10f64.powf(rough.log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|times| times * ten)
        .find(|step| *step <= rough)
        .unwrap_or(ten)
}

/// The same in words, for whoever does not see it.
fn described(lines: &[Line]) -> String {
    let lines = lines.iter().map(|(name, points)| {
        let points: Vec<String> = points
            .iter()
            .map(|(learners, ms)| {
                let learners = number(&(*learners).into(), 0);
                format!("{learners} learners {} ms", number(&(*ms).into(), 1))
            })
            .collect();
        format!("{name}: {}.", points.join(", "))
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
