package vision

// Rule is how a model family prices and shrinks pictures. The zero Rule is
// that of an unknown model: 1,536 patches of 32 pixels, at most 2,048 pixels
// on a side.
type Rule struct {
	Name      string
	MaxSide   int     // longest side, pixels
	MaxShort  int     // shortest side, pixels; 0 means no such limit
	Patch     int     // side of a patch or tile, pixels
	Budget    int     // most patches; 0 means no limit
	Base, Per int     // tokens: Base + Per for each patch or tile
	Factor    float64 // multiplies the tokens; 0 means 1
}
