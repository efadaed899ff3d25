package words

// role says what a thing is, see AtspiRole in at-spi2-core's atspi-constants.h.
type role uint32

// The roles that are treated in a way of their own.
const (
	roleInvalid       role = 0
	roleAccelerator   role = 1
	roleAlert         role = 2
	roleCheckBox      role = 7
	roleCheckMenuItem role = 8
	roleComboBox      role = 11
	roleDateEditor    role = 12
	roleDialog        role = 16
	roleFiller        role = 20
	roleFrame         role = 23
	roleImage         role = 27
	roleLabel         role = 29
	roleLayeredPane   role = 30
	roleList          role = 31
	roleMenu          role = 33
	roleMenuBar       role = 34
	roleMenuItem      role = 35
	rolePageTabList   role = 38
	rolePanel         role = 39
	rolePassword      role = 40
	rolePopupMenu     role = 41
	roleProgressBar   role = 42
	rolePushButton    role = 43
	roleRadioButton   role = 44
	roleRadioMenuItem role = 45
	roleRootPane      role = 46
	roleScrollBar     role = 48
	roleScrollPane    role = 49
	roleSeparator     role = 50
	roleSpinButton    role = 52
	roleSplitPane     role = 53
	roleTable         role = 55
	roleTearoff       role = 59
	roleTerminal      role = 60
	roleText          role = 61
	roleToggleButton  role = 62
	roleToolBar       role = 63
	roleTree          role = 65
	roleTreeTable     role = 66
	roleViewport      role = 68
	roleWindow        role = 69
	roleParagraph     role = 73
	roleAutocomplete  role = 76
	roleEditBar       role = 77
	roleEntry         role = 79
	roleCaption       role = 81
	roleDocument      role = 82
	roleHeading       role = 83
	roleSection       role = 85
	roleForm          role = 87
	roleTableRow      role = 90
	roleDocumentText  role = 94
	roleDocumentWeb   role = 95
	roleDocumentMail  role = 96
	roleComment       role = 97
	roleListBox       role = 98
	roleBlockQuote    role = 105
	roleLandmark      role = 110
	roleStatic        role = 116
)

// wants says what a thing is to be asked for.
type wants uint8

const (
	wantName wants = 1 << iota
	wantText
	wantKids
	wantPlace // where it is, and nothing else
)

// wants says what a thing of that role is to be asked for; 0 is nothing at all.
func (r role) wants() wants {
	switch r {
	case rolePassword:
		return wantPlace
	case roleMenuBar, roleMenu, rolePopupMenu, roleMenuItem, roleCheckMenuItem, roleRadioMenuItem, roleTearoff,
		roleToolBar, roleScrollBar, roleSeparator, roleAccelerator, roleInvalid:
		return 0
	case roleText, roleEntry, roleTerminal, roleSpinButton, roleAutocomplete, roleEditBar, roleDateEditor, roleStatic:
		return wantText
	case roleParagraph, roleHeading, roleSection, roleCaption, roleBlockQuote, roleComment:
		return wantText | wantKids
	case roleLabel, rolePushButton, roleToggleButton, roleCheckBox, roleRadioButton, roleComboBox, roleProgressBar, roleImage:
		return wantName
	case roleFrame, roleDialog, roleAlert, roleWindow, roleFiller, rolePanel, roleLayeredPane, roleRootPane, roleScrollPane,
		roleSplitPane, roleViewport, rolePageTabList, roleList, roleListBox, roleTable, roleTree, roleTreeTable, roleTableRow,
		roleForm, roleLandmark, roleDocument, roleDocumentText, roleDocumentWeb, roleDocumentMail:
		return wantKids
	}
	return wantName | wantKids
}

// wide says that there may be more children than anyone wants to hear of: of a
// table of 100,000 rows a program would make them all in order to name them,
// and stand still meanwhile.
func (r role) wide() bool { return r == roleTable || r == roleTree || r == roleTreeTable }

// states says how a thing is: AtspiStateType gives the numbers of the bits.
type states [2]uint32

const (
	stateActive  = 1
	stateFocused = 12
	stateShowing = 25
	stateManages = 31 // its children come and go with what is shown of them
)

func (s states) has(bit int) bool { return s[bit/32]>>(bit%32)&1 == 1 }

// statesOf reads an answer, which may be shorter or longer than is known here.
func statesOf(words []uint32) states {
	var s states
	copy(s[:], words)
	return s
}
