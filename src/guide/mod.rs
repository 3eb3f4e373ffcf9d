//! Findings → a verdict and ordered steps, as keys into the catalogues of words (`www/words/`).
