// Package words reads what is written in a window, as its program tells
// programs that help people who cannot see: over AT-SPI, on the accessibility
// bus. It begins with what has the focus and grows outward from there, until
// the window has been read or a budget is spent.
//
// Not every program says anything, and some say little. So what it reads stands
// beside a picture, never in its place. What is typed into a password field is
// never asked for: only where the field is, for the picture to be painted over.
package words
