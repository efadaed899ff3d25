package formula

import (
	"slices"
	"strings"
	"sync"
)

// names are the characters of the commands that stand for one.
const names = `alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ
	pi π rho ρ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
	Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
	pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗
	le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫
	to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⇒ iff ⇔ mapsto ↦ uparrow ↑ downarrow ↓
	in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ emptyset ∅ varnothing ∅
	forall ∀ exists ∃ neg ¬ lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨ top ⊤ bot ⊥ vdash ⊢ models ⊨
	sum ∑ prod ∏ int ∫ iint ∬ oint ∮ partial ∂ nabla ∇ infty ∞ sqrt √
	ldots … dots … cdots ⋯ vdots ⋮ prime ′ degree ° angle ∠ perp ⊥ parallel ∥ mid ∣
	langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ`

var signs = sync.OnceValue(func() map[string]string { return pairs(names) }) //nolint:gochecknoglobals // constant, and made when it is first needed

// functions are the names that may be written without a backslash, too, and how
// they are said.
var functions = sync.OnceValue(func() map[string]string { //nolint:gochecknoglobals // likewise
	return pairs("log log ln ln exp exp sin sine cos cosine tan tangent max max min min mod mod gcd gcd lim limit")
})

// pairs makes a table of words, each and what it stands for.
func pairs(words string) map[string]string {
	all := map[string]string{}
	for pair := range slices.Chunk(strings.Fields(words), 2) {
		all[pair[0]] = pair[1]
	}
	return all
}

// greek are the names of the Greek letters.
var greek = sync.OnceValue(func() map[string]string { //nolint:gochecknoglobals // likewise
	all := map[string]string{}
	for command, sign := range signs() {
		all[sign] = strings.TrimPrefix(command, "var")
	}
	return all
})

// Sign says the sign of an operation or a relation, in English or in Chinese, "" if it is none
// that is said.
func Sign(sign string, chinese bool) string {
	said := said()[sign]
	if chinese {
		return said.chinese
	}
	return said.english
}

type twice struct{ english, chinese string }

var said = sync.OnceValue(func() map[string]twice { //nolint:gochecknoglobals // likewise
	return map[string]twice{
		"+": {"plus", "加"}, "−": {"minus", "减"}, "±": {"plus or minus", "正负"},
		"×": {"times", "乘"}, "·": {"times", "乘"}, "*": {"times", "乘"}, "÷": {"divided by", "除以"}, "/": {"over", "除以"},
		"=": {"equals", "等于"}, "≠": {"is not", "不等于"}, "≈": {"about", "约等于"},
		"<": {"less than", "小于"}, ">": {"more than", "大于"}, "≤": {"at most", "小于等于"}, "≥": {"at least", "大于等于"},
		"→": {"to", "到"}, "⇒": {"implies", "推出"}, "∈": {"in", "属于"}, "∞": {"infinity", "无穷大"},
		"%": {"percent", "百分之一"}, "∘": {"degrees", "度"}, "°": {"degrees", "度"},
		"!": {"factorial", "的阶乘"}, "′": {"prime", "撇"}, "…": {"and so on", "等等"}, "⋯": {"and so on", "等等"},
	}
})
