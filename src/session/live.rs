//! What a running camera has shown so far, and when it may be believed.
//!
//! One frame is not enough: two must stand behind the same text, each by itself or by evidence that was added up. What is no notice must be seen more often before it is
//! told, because a web link beside the barcode is read long before a blurred barcode is.

use super::report::{Kind, Seen};
use crate::small_sort::sort_few_by_key;

/// How many frames must agree before a notice is believed.
pub const AGREE: u32 = 2;
/// How many frames must show the same other code before it is told, when no notice was read.
pub const AGREE_OTHER: u32 = 8;
/// A code of the other kind on the same slip that was seen this many frames ago or less is waited for.
const NEAR: u32 = 3;
/// … but no more frames than this.
const PATIENCE: u32 = 5;
/// A barcode and an eL-QR seen further apart than this many frames need not lie on the same paper.
const SAME_LOOK: u32 = 30;
/// Other codes remembered. An envelope has a handful.
const OTHERS: usize = 16;

/// What the frames have shown of one kind of payment code.
#[derive(Clone, Default)]
struct Candidate {
    /// The texts that one frame showed, sorted: more than one where two slips lie side by side.
    seen: Vec<Seen>,
    /// How many frames agreed on exactly these.
    frames: u32,
    /// The number of the last of them.
    last: u32,
}

impl Candidate {
    /// Whether `seen` is other than what was seen before.
    fn see(&mut self, mut seen: Vec<Seen>, now: u32) -> bool {
        if seen.is_empty() {
            return false;
        }
        let known = !self.seen.is_empty();
        sort_few_by_key(&mut seen, |seen| seen.text.clone());
        let agrees = self.seen.len() == seen.len() && self.seen.iter().zip(&seen).all(|(a, b)| a.same(b));
        let together = seen.iter().map(|s| s.frames).min().unwrap_or(1);
        self.frames = if agrees { self.frames.saturating_add(1) } else { 1 }.max(together);
        self.last = now;
        self.seen = seen;
        known && !agrees
    }

    fn believed(&self) -> bool {
        self.frames >= AGREE
    }
}

/// What the frames of one look at one slip have shown.
#[derive(Clone, Default)]
pub struct Live {
    now: u32,
    barcode: Candidate,
    el_qr: Candidate,
    others: Vec<(Seen, u32)>,
    /// Frames for which something believed has been kept back.
    held: u32,
    /// Something believed has not been told yet.
    untold: bool,
}

/// What is to be told after a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Nothing yet.
    Nothing,
    /// A payment code was believed, or seen again: all that is believed now.
    Payment(Vec<Seen>),
    /// No notice, but something else, seen often enough.
    Other(Vec<Seen>),
}

impl Live {
    /// Adds what one frame showed; `gathering` where it holds a barcode too poor to be read by itself, whose evidence adds
    /// up.
    pub fn see(&mut self, seen: &[Seen], gathering: bool) -> News {
        self.now = self.now.saturating_add(1);
        let now = self.now;
        let of = |kind: Kind| seen.iter().filter(|s| s.valid && s.kind == kind).cloned().collect::<Vec<_>>();
        let before = (self.barcode.believed(), self.el_qr.believed());
        let another = (self.barcode.see(of(Kind::Gs1_128Payment), now), self.el_qr.see(of(Kind::ElQr), now));
        // Another barcode is another paper: an eL-QR from a while ago belongs to the one before. The same the other way.
        if another.0 && self.el_qr.last != now || now.saturating_sub(self.el_qr.last) > SAME_LOOK {
            self.el_qr = Candidate::default();
        }
        if another.1 && self.barcode.last != now || now.saturating_sub(self.barcode.last) > SAME_LOOK {
            self.barcode = Candidate::default();
        }
        let newly = |was: bool, candidate: &Candidate| !was && candidate.believed();
        self.untold |= newly(before.0, &self.barcode) || newly(before.1, &self.el_qr);
        let pending = |c: &Candidate| c.frames > 0 && !c.believed() && now - c.last <= NEAR;
        let pending = pending(&self.barcode) || pending(&self.el_qr);

        if self.barcode.believed() || self.el_qr.believed() {
            let poor = gathering && !self.barcode.believed();
            if (pending || poor) && self.held < PATIENCE {
                self.held += 1;
                return News::Nothing;
            }
            let again = [&self.barcode, &self.el_qr].iter().any(|c| c.believed() && c.last == now);
            if !self.untold && !again {
                return News::Nothing;
            }
            self.held = 0;
            self.untold = false;
            return News::Payment(self.believed());
        }

        for other in seen.iter().filter(|s| !(s.valid && s.kind.is_payment())) {
            match self.others.iter_mut().find(|(known, _)| known.same(other)) {
                Some((known, frames)) => {
                    *known = other.clone();
                    *frames = frames.saturating_add(1);
                }
                None => {
                    // Digits misread anew in each frame must not grow the list for as long as the camera runs.
                    if self.others.len() == OTHERS {
                        let rarest = self.others.iter().enumerate().min_by_key(|(_, (_, frames))| *frames);
                        if let Some(rarest) = rarest.map(|(i, _)| i) {
                            self.others.remove(rarest);
                        }
                    }
                    self.others.push((other.clone(), 1));
                }
            }
        }
        let told = self.often();
        let here = told.iter().any(|t| seen.iter().any(|s| s.same(t)));
        if here && !pending { News::Other(told) } else { News::Nothing }
    }

    /// The payment codes believed so far.
    pub fn believed(&self) -> Vec<Seen> {
        [&self.barcode, &self.el_qr].into_iter().filter(|c| c.believed()).flat_map(|c| c.seen.clone()).collect()
    }

    /// Codes that are no notice, seen often enough to be told.
    pub fn often(&self) -> Vec<Seen> {
        self.others.iter().filter(|(_, frames)| *frames >= AGREE_OTHER).map(|(seen, _)| seen.clone()).collect()
    }

    /// Whatever was seen at all, for a run that is over.
    pub fn glimpsed(&self) -> Vec<Seen> {
        self.others.iter().map(|(seen, _)| seen.clone()).collect()
    }
}
