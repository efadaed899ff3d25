// Package grab takes pictures of the screen: over the X11 protocol with shared
// memory, through the desktop portal on Wayland, and with kbinani/screenshot
// elsewhere.
//
// It owns the connection to the display and decides what may be seen. What is
// excluded never leaves this package: a window that may not be seen is painted
// over before a shot is handed on, and where windows cannot be told apart a
// display with exclusions is not taken at all. Where a compositing manager
// draws the screen, what it has drawn is late, and the picture is put together
// from what each window has drawn of itself.
package grab
