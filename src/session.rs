//! Joins the rooms for one visit: frames, photos and digits in, one report out.
