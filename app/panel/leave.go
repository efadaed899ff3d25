package panel

// left takes back what is shown for the pointer: it has left the window, which
// Fyne does not tell.
func (b *body) left() {
	for _, t := range b.turns {
		t.over.MouseOut()
	}
	b.header.over.MouseOut()
	for _, c := range []*chip{b.footer.eye.chip, b.footer.eye.more, b.footer.deep, b.footer.stop, b.header.menu} {
		c.MouseOut()
	}
	b.tip.show("")
}

// watchPointer begins to notice that the pointer leaves, once there is a window
// to leave.
func (p *Panel) watchPointer() {
	if p.leaving != nil || p.dock.handle == 0 {
		return
	}
	p.leaving = watchLeaving(p.dock.handle, func() { p.pump.do(p.body.left) })
}
