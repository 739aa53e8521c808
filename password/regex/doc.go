// Package regex reads regular expressions in Java's syntax (java.util.regex.Pattern) and matches whole texts against them. It
// is pure and knows nothing of passwords except their maximum length.
//
//   - parse.go, escape.go, property.go and class.go parse the syntax into the tree of node.go, in which every character class
//     is an explicit set (set.go, case_folding.go).
//   - provable.go decides which trees an automaton can express, and approximates the others. program.go writes a tree as
//     instructions, derive.go derives from them Boolean formulas about what can follow, which formula.go keeps as a decision
//     diagram, and automaton.go makes formulas into states. Look-aheads become
//     conjunctions and negations and cost nothing when matching. partition.go divides code points into classes.
//   - translate.go writes other trees in the syntax of a backtracking engine. regex.go is the entry point.
package regex
