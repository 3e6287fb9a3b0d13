//! Where the notches of a timeline are.

/// Between two notches, at least and at most.
pub(super) const LEAST: f32 = 36.0;
pub(super) const MOST: f32 = 120.0;

/// Where the notches are. Places run from where reading starts; only [`Scale::x`] and [`Scale::place`] know which side
/// that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) count: usize,
    pub(super) width: f32,
    pub(super) mirrored: bool,
}

impl Scale {
    /// Between two notches.
    pub(super) fn step(self) -> f32 {
        (self.width / self.count.max(1) as f32).clamp(LEAST, MOST)
    }

    /// How much of the line does not fit.
    pub(super) fn hidden(self) -> f32 {
        (self.count as f32 * self.step() - self.width).max(0.0)
    }

    /// The middle of a notch along the line, scrolled.
    pub(super) fn along(self, at: usize, offset: f32) -> f32 {
        (at as f32 + 0.5) * self.step() - offset
    }

    /// A place along the line as a distance from the left edge.
    pub(super) fn x(self, along: f32) -> f32 {
        if self.mirrored { self.width - along } else { along }
    }

    /// A distance from the left edge as a place along the line.
    pub(super) fn place(self, x: f32) -> f32 {
        self.x(x)
    }

    /// The notch nearest to a distance from the left edge.
    pub(super) fn nearest(self, x: f32, offset: f32) -> Option<usize> {
        let last = self.count.checked_sub(1)?;

        Some((((self.place(x) + offset) / self.step()).floor().max(0.0) as usize).min(last))
    }

    /// The notch that a place on the strip stands for.
    pub(super) fn on_strip(self, x: f32) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        let part = (self.place(x) / self.width.max(1.0)).clamp(0.0, 1.0);

        Some((part * last as f32).round() as usize)
    }

    /// The notches in sight.
    pub(super) fn in_sight(self, offset: f32) -> std::ops::Range<usize> {
        let step = self.step();
        let first = (offset / step).floor().max(0.0) as usize;
        let last = ((offset + self.width) / step).ceil().max(0.0) as usize;

        first.min(self.count)..last.min(self.count)
    }

    /// The offset at which a notch and its neighbours are in sight, as near to this offset as can be.
    pub(super) fn reveal(self, at: usize, offset: f32) -> f32 {
        let margin = (self.step() * 2.0).min(self.width / 2.0);
        let middle = self.along(at, 0.0);
        let least = middle + margin - self.width;
        let most = middle - margin;

        offset.clamp(least.min(most), most.max(least)).clamp(0.0, self.hidden())
    }
}
