// Package regex reads regular expressions in Java's syntax (java.util.regex.Pattern) and matches whole texts against them.
// It is pure and knows nothing of passwords but their greatest length.
//
// How the files hang together:
//
//   - read.go, group.go, quantifier.go, escape.go, property.go and class.go read the syntax into the tree of node.go, in
//     which every character class is an explicit set (set.go, fold.go).
//   - provable.go says which trees an automaton can hold. program.go writes such a tree as steps, derive.go makes of them
//     Boolean formulas about what may follow, which formula.go keeps as a decision diagram, and build.go turns formulas
//     into states: automaton.go. Look-aheads are conjunctions and negations there, and cost nothing when matching.
//     partition.go divides all code points into the classes that an expression tells apart.
//   - write.go writes a tree in the syntax of a backtracking engine, for what no automaton holds; guess.go makes automata
//     that come near such an expression. regex.go is the front of all.
package regex
