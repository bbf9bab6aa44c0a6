//! How much of its connections a node uses.

use sqlx::{Database, Pool};

use super::{Pools, Store};

/// How much of a pool of connections is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// `readers` and `writer` of SQLite, `all` of PostgreSQL.
    pub pool: &'static str,
    /// Connections lent at the moment.
    pub in_use: u32,
    /// Connections that there may be.
    pub most: u32,
}

fn usage<DB: Database>(name: &'static str, pool: &Pool<DB>) -> PoolUse {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    PoolUse {
        pool: name,
        in_use: pool.size().saturating_sub(idle),
        most: pool.options().get_max_connections(),
    }
}

impl Store {
    /// How much of each pool of connections is in use.
    pub fn pools(&self) -> Vec<PoolUse> {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                let writer = PoolUse {
                    pool: "writer",
                    in_use: u32::from(writer.is_taken()),
                    most: 1,
                };
                vec![usage("readers", readers), writer]
            }
            Pools::Postgres(pool) => vec![usage("all", pool)],
        }
    }
}
