package panel

import (
	"strings"
	"sync"
)

// grammarOf returns the grammar of a language as a model names it, nil for one
// that is not coloured.
func grammarOf(lang string) *grammar { return languages()[strings.ToLower(lang)] }

// languages are all grammars by the names of their languages.
var languages = sync.OnceValue(func() map[string]*grammar { //nolint:gochecknoglobals // constant, and made when it is first needed
	// What families have in common.
	slashes := []string{"//"}
	hashes := []string{"#"}
	stars := span{"/*", "*/", toneComment, true, true}
	double := span{`"`, `"`, toneString, false, false}
	single := span{"'", "'", toneString, false, false}
	backticks := span{"`", "`", toneString, true, true}
	longDouble := span{`"`, `"`, toneString, false, true}
	longSingle := span{"'", "'", toneString, true, true}
	tripled := []span{{`"""`, `"""`, toneString, false, true}, {"'''", "'''", toneString, false, true}, double, single}

	all := map[string]*grammar{}
	for _, l := range []struct {
		names, words string
		grammar
	}{
		{"go golang", "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var true false nil iota",
			grammar{line: slashes, spans: []span{stars, double, single, backticks}}},
		{"js javascript jsx ts typescript tsx mjs", "async await break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in instanceof interface let new null of private protected public readonly return set static super switch this throw true try type typeof undefined var void while with yield",
			grammar{line: slashes, spans: []span{stars, double, single, backticks}, name: "$"}},
		{"c h cpp c++ cc hpp cxx objc objective-c arduino cuda glsl", "#define #else #endif #if #ifdef #ifndef #include #pragma alignas auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false float for friend goto if inline int long namespace new noexcept nullptr operator override private protected public register return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while",
			grammar{line: slashes, spans: []span{stars, double, single}, name: "#"}},
		{"java kotlin kt scala groovy gradle dart cs csharp c# swift", "abstract actor as async await base bool boolean break byte case catch char class companion const continue data def default defer do double else enum extends extension false fileprivate final finally float for foreach fun func get guard if implements import in init inner int interface internal is lateinit lazy let long match namespace new nil null object open operator out override package private protected protocol public readonly record repeat required return sealed self set short static string struct super suspend switch this throw throws trait true try typealias using val var virtual void when where while with yield",
			grammar{line: slashes, spans: []span{stars, {`"""`, `"""`, toneString, true, true}, double, single}}},
		{"rust rs zig", "as async await break catch comptime const continue crate defer dyn else enum errdefer error export extern false fn for if impl in let loop match mod move mut null orelse pub ref return self Self static struct super switch test trait true try type undefined union unsafe use usingnamespace var where while",
			grammar{line: slashes, spans: []span{stars, longDouble}}},
		{"php", "abstract and array as break case catch class const continue declare default do echo else elseif empty enum extends false final finally fn for foreach function global if implements include instanceof interface isset list match namespace new null or print private protected public readonly require require_once return static switch this throw trait true try unset use var while yield",
			grammar{line: []string{"//", "#"}, spans: []span{stars, longDouble, longSingle}}},
		{"py python python3 pyi starlark bazel", "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return True try while with yield",
			grammar{line: hashes, spans: tripled}},
		{"sh bash zsh shell fish ksh dockerfile docker containerfile", "alias break case continue do done elif else esac eval exec exit export fi for function if in local read return set shift source then trap unset until while ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM LABEL RUN USER VOLUME WORKDIR",
			grammar{line: hashes, spans: []span{longDouble, longSingle}, name: "-"}},
		{"rb ruby crystal", "alias and begin break case class def do else elsif end ensure false for if in module next nil not or raise redo require rescue retry return self super then true undef unless until when while yield",
			grammar{line: hashes, spans: []span{longDouble, {"'", "'", toneString, false, true}}}},
		{"perl pl r julia jl elixir ex exs nim", "after and begin break case catch cond def defmodule defp do else elseif elsif end export false finally fn for foreach function global if import in let local macro module my NA next nil not NULL or our package quote receive require return struct sub true TRUE FALSE try unless until use using when while",
			grammar{line: hashes, spans: tripled}},
		{"yaml yml toml make makefile cmake nginx nix hcl terraform tf properties", "true false null yes no on off define else endif export if ifdef ifeq ifneq include let in with rec resource variable output module data provider locals",
			grammar{line: hashes, spans: tripled, name: "-"}},
		{"ini conf cfg systemd desktop", "true false yes no on off", grammar{line: []string{";", "#"}, spans: []span{double}}},
		{"json jsonc json5", "true false null", grammar{line: slashes, spans: []span{stars, double}}},
		{"sql mysql postgres postgresql sqlite plsql", "add all alter and as asc begin between by case cast check column commit constraint create cross default delete desc distinct drop else end exists foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer over partition primary references returning right rollback select set table then union unique update using values view when where with",
			grammar{line: []string{"--"}, spans: []span{stars, longSingle, double}, fold: true}},
		{"lua", "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
			grammar{line: []string{"-- "}, spans: []span{{"--[[", "]]", toneComment, true, true}, {"[[", "]]", toneString, true, true}, double, single}}},
		{"haskell hs elm purescript", "case class data deriving do else exposing family forall if import in infix infixl infixr instance let module newtype of then type where",
			grammar{line: []string{"--"}, spans: []span{{"{-", "-}", toneComment, true, true}, double}}},
		{"ocaml ml fsharp f# fs", "and as begin class do done else end exception false for fun function if in include inherit let match method module mutable new of open private rec sig struct then to true try type val when while with",
			grammar{line: slashes, spans: []span{{"(*", "*)", toneComment, true, true}, longDouble}}},
		{"clojure clj lisp scheme elisp racket", "def define defmacro defn defun fn if lambda let loop nil quote recur setq true false when cond do ns require",
			grammar{line: []string{";"}, spans: []span{longDouble}, name: "-?!*"}},
		{"html xml svg xhtml vue svelte", "", grammar{spans: []span{{"<!--", "-->", toneComment, true, true}, {`"`, `"`, toneString, true, true}}, tags: true}},
		{"css scss sass less", "@media @import @keyframes @font-face @supports @include @mixin @use important",
			grammar{line: slashes, spans: []span{stars, double, single}, name: "-@"}},
		{"powershell ps1 pwsh", "begin break catch class continue do else elseif end exit finally for foreach function if in param process return switch throw trap try until using while",
			grammar{line: hashes, spans: []span{{"<#", "#>", toneComment, true, true}, longDouble, longSingle}, fold: true}},
		{"tex latex matlab octave erlang prolog", "begin end function if else elseif for while return case switch otherwise when of fun after receive",
			grammar{line: []string{"%"}, spans: []span{double}}},
		{"diff patch", "", grammar{prefix: true}},
	} {
		g := l.grammar
		g.words = map[string]bool{}
		for w := range strings.FieldsSeq(l.words) {
			g.words[w] = true
		}
		for name := range strings.FieldsSeq(l.names) {
			all[name] = &g
		}
	}
	return all
})
