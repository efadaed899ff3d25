package realtime

// What the model is told of its functions.
const (
	aboutPace     = "Changes how fast you speak, at once and for good. Only when the user asks for it."
	aboutVoice    = "Changes the voice that you speak with, from your next answer on. Only when the user asks for it."
	aboutStop     = "Ends the turn in silence. Only when the user wants you to be quiet, or spoke to somebody else."
	aboutThinking = "Asks a model that thinks longer, and returns its answer, for you to tell the user in your own short words. " +
		"For what needs long reasoning, or when the user wants you to think harder. It sees the same pictures and knows the conversation."
	aboutLooking = "Takes a new picture of the window that the question is about and shows it to you; the older pictures are gone then. " +
		"Only when what you have seen may have changed, as when the user says so."
)

// shareNote is what the model is told of a look that comes without a question.
const shareNote = "[the user lets you look along; this is what is before them now]\n"

// And of what became of a call.
const (
	notDone      = "There is no such function, or not with this argument. Nothing was done."
	voiceTaken   = "Done. The new voice speaks from your next answer on."
	noThought    = "The deeper model could not answer. Say so, and answer by yourself."
	oneAtATime   = "Not now: one thing at a time. Call it again if you still need it."
	seenAgain    = "Done. The new picture follows."
	notSeen      = "There is no new picture: it may not be seen now, or you have looked often enough. Answer with what you have, and say so if it matters."
	emptyThought = "The deeper model had no answer."
)
