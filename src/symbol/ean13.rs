use super::runs::Found;
pub(super) fn read(_runs: &[f32]) -> Option<Found> {
    None
}
