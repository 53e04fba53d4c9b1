//! The answers table: what analysis works on, from any tidy table whose columns are named.

mod agreement;
mod columns;
mod files;
mod table;

pub use self::agreement::{PairAgreement, agreements, people_agree};
pub use self::columns::{Columns, ColumnsError};
pub use self::files::write_answers;
pub use self::table::{Answer, Answers, Exclusion, Kind, Names, NoAnswers, Reading};
