package offline

// What answers say of the way to a better one. The panel, which has a page for
// it, shows these sentences with the name of that.
const (
	storeKey   = "For a model that does, store a key: `aside key set`."
	withScreen = "Ask again with the screen (`aside ask --screen window …`), or store a key for a model: `aside key set`."
)
