//! Numbers that show that a distortion is another arrangement of the same texture.
