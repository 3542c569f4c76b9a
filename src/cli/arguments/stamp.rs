//! Arguments of `yinxin stamp`.

use crate::flow::stamps::Place;
use clap::{ArgGroup, Args};
use std::path::PathBuf;

/// Stamp a document that was made elsewhere (OFD), also one that others have stamped
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("how").args(["prepare", "finish"])),
    after_help = "\
Places, in millimetres; --place may be given several times:
  at:PAGE,X,Y      top left corner of the stamp
  word:TEXT        on the last place of a word; word#N:TEXT on the Nth, every:TEXT on all of them
  field:NAME       on the object with this name or ID
  riding:EDGE,AT   a strip on each page (骑缝章), EDGE left, right, top or bottom
The seal needs a grant for documents: yinxin seal grant ... --type document
Examples:
  yinxin stamp contract.ofd --seal ID --place 'word:（盖章）' --place riding:right,148 --out stamped.ofd
A document that stays at home, with a seal that was fetched from /api/v1/stamps/seals/ID; the request is what is posted
to /api/v1/stamps/digests, the answer is what comes back:
  yinxin stamp contract.ofd --seal ID --place word:盖章 --prepare plan.json --seal-file seal.json > request.json
  yinxin stamp contract.ofd --finish plan.json --answer answer.json --out stamped.ofd
Exit codes:
   0  stamped
  64  usage
  66  unreadable
  69  key, time stamp authority or register do not answer
  70  our own fault
  73  refused: the document takes no stamp, no authorisation, no such place"
)]
pub(in crate::cli) struct Stamp {
    /// The document
    pub(in crate::cli) file: PathBuf,
    /// Id of the seal
    #[arg(long, value_name = "ID", required_unless_present = "finish")]
    pub(in crate::cli) seal: Option<String>,
    /// Where the stamp is shown
    #[arg(long = "place", value_name = "PLACE", required_unless_present = "finish", conflicts_with = "finish")]
    pub(in crate::cli) places: Vec<Place>,
    /// Where the stamped document goes
    #[arg(long, value_name = "FILE", required_unless_present = "prepare", conflicts_with = "prepare")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Also where a signed document shows what its signatures do not cover
    #[arg(long, conflicts_with = "finish")]
    pub(in crate::cli) accept_uncovered: bool,
    /// Asked again with the same key, the same stamp comes back [default: a new one]
    #[arg(long, value_name = "KEY", conflicts_with = "how")]
    pub(in crate::cli) idempotency_key: Option<String>,
    /// Id of the body that stamps [default: the only one]
    #[arg(long, value_name = "ID", conflicts_with = "how")]
    pub(in crate::cli) body: Option<String>,
    /// At home: write the plan here, and the request to standard output
    #[arg(long, value_name = "FILE", requires = "seal_file")]
    pub(in crate::cli) prepare: Option<PathBuf>,
    /// At home: the seal, as the service gave it or as Seal.esl
    #[arg(long, value_name = "FILE", requires = "prepare")]
    pub(in crate::cli) seal_file: Option<PathBuf>,
    /// At home: the plan that was prepared
    #[arg(long, value_name = "FILE", requires = "answer")]
    pub(in crate::cli) finish: Option<PathBuf>,
    /// At home: what the service answered
    #[arg(long, value_name = "FILE", requires = "finish")]
    pub(in crate::cli) answer: Option<PathBuf>,
}
