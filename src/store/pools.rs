//! How much of its connections a node uses.

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

impl Store {
    /// How much of each pool of connections is in use.
    pub fn pools(&self) -> Vec<PoolUse> {
        let of = |pool, in_use, most| PoolUse { pool, in_use, most };
        match &self.pools {
            Pools::Sqlite { readers, writer } => vec![
                of("readers", readers.lent(), readers.most()),
                of("writer", u32::from(writer.is_taken()), 1),
            ],
            Pools::Postgres(pool) => {
                let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
                let most = pool.options().get_max_connections();
                vec![of("all", pool.size().saturating_sub(idle), most)]
            }
        }
    }
}
