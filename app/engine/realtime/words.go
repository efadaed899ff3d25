package realtime

// What the model is told of its functions.
const (
	aboutPace     = "Changes how fast you speak, at once and for good. Only when the user asks for it."
	aboutVoice    = "Changes the voice that you speak with, from your next answer on. Only when the user asks for it."
	aboutStop     = "Ends the turn in silence. Only when the user wants you to be quiet, or spoke to somebody else."
	aboutThinking = "Asks a model that thinks longer, and returns its answer, for you to tell the user in your own short words. " +
		"For what needs long reasoning, or when the user wants you to think harder. It sees the same pictures and knows the conversation."
)

// And of what became of a call.
const (
	notDone      = "There is no such function, or not with this argument. Nothing was done."
	voiceTaken   = "Done. The new voice speaks from your next answer on."
	noThought    = "The deeper model could not answer. Say so, and answer by yourself."
	emptyThought = "The deeper model had no answer."
)
