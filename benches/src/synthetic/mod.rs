//! A warehouse that nobody filled: projects of very different sizes, each with runs, as Spark jobs
//! would have left them. The same seed gives the same rows.

mod fit;
mod names;
mod random;
mod run;
mod special;

use modeldb_warehouse::row::{ProjectRow, Row, TextMap};
use modeldb_warehouse::{ProducerId, derived_id};

pub use random::Random;
pub use run::{Rows, Run};
pub use special::{STEPS, deep_name, wide_name};

/// Models of a run, on average.
const RUN_MODELS: f64 = 12.0;

/// A project to be made.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    models: usize,
    kind: Kind,
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Usual,
    Deep,
    Wide,
}

/// Projects with so many models together, by name.
pub fn projects(models: usize, seed: u64) -> Vec<Project> {
    let mut random = Random::new(&[seed, 1]);
    let wide = special::WIDE_MODELS.max(models / 500);
    let mut projects = vec![
        Project::new(special::deep_name(), 0, Kind::Deep, random.number()),
        Project::new(special::wide_name(), wide, Kind::Wide, random.number()),
    ];
    let left = models.saturating_sub(wide);
    // Some 50 of 10,000 models, some 500 of a million; the largest has a tenth of them or more.
    let count = (models as f64).sqrt().max(1.0) / 2.0;
    let weights: Vec<_> = (0..count.ceil() as usize)
        .map(|rank| 1.0 / (rank as f64 + 1.0))
        .collect();
    let sum: f64 = weights.iter().sum();
    for (rank, weight) in weights.iter().enumerate() {
        let (topic, place) = (random.of(&names::TOPICS), random.of(&names::PLACES));
        let name = format!("{topic}-{place}-{rank:03}");
        let models = (left as f64 * weight / sum).round().max(1.0) as usize;
        projects.push(Project::new(name, models, Kind::Usual, random.number()));
    }
    projects.sort_by(|a, b| a.name.cmp(&b.name));
    projects
}

impl Project {
    fn new(name: String, models: usize, kind: Kind, seed: u64) -> Self {
        Self {
            name,
            models,
            kind,
            seed,
        }
    }

    /// Its runs by their ids, each with what it needs to be made.
    pub fn runs(&self) -> Vec<Planned> {
        let mut random = Random::new(&[self.seed, 2]);
        let producer = ProducerId::from(format!("{:016x}", self.seed));
        let (mut runs, mut models) = (Vec::new(), 0);
        loop {
            let size = match self.kind {
                Kind::Usual => random.heavy(RUN_MODELS).min(self.models - models),
                Kind::Deep => 0,
                Kind::Wide => special::WIDE_RUN,
            };
            let planned = Planned {
                project: self.clone(),
                run_id: derived_id("r", &producer, &[models as u64]),
                first: models,
                models: size,
            };
            runs.push(planned);
            models += size;
            if models >= self.models {
                break;
            }
        }
        runs.sort_by(|a, b| a.run_id.cmp(&b.run_id));
        runs
    }

    /// Its own row, given the moments of its runs.
    pub fn row(&self, rows: &[Row]) -> Row {
        let runs = || {
            rows.iter().filter_map(|row| match row {
                Row::Runs(run) => Some(run),
                _ => None,
            })
        };
        let created_at = runs().map(|run| run.started_at).min();
        let updated_at = runs().filter_map(|run| run.ended_at).max();
        ProjectRow {
            project: self.name.clone(),
            description: None,
            owner: runs().next().and_then(|run| run.user.clone()),
            tags: TextMap::new(),
            archived: false,
            created_at: created_at.unwrap_or_default(),
            updated_at: updated_at.unwrap_or_default(),
        }
        .into()
    }
}

/// A run to be made.
#[derive(Clone, Debug)]
pub struct Planned {
    project: Project,
    run_id: String,
    /// Models of the project's runs before it.
    first: usize,
    models: usize,
}

impl Planned {
    /// The run with its fits.
    pub fn make(&self) -> Run {
        let project = &self.project;
        let random = Random::new(&[project.seed, 3, self.first as u64]);
        let mut run = Run::new(&project.name, self.run_id.clone(), random);
        match project.kind {
            Kind::Usual => run.fill(self.models),
            Kind::Deep => run.descend(),
            Kind::Wide => run.widen(self.first),
        }
        run
    }

    /// Whether this one's test set is sampled, where so large a part of all are.
    pub fn is_sampled(&self, part: f64) -> bool {
        let mut random = Random::new(&[self.project.seed, 4, self.first as u64]);
        self.project.kind == Kind::Usual && random.chance(part)
    }
}
