// Package generator generates passwords under a policy, measures their entropy, and proves which rules contradict each other.
//
// The automaton of allowedRegex (package regex), the counts of character classes (class_counter.go) and an alphabet
// (alphabet.go) define a finite language (language.go). count.go counts its words of one length exactly and draws one of
// them uniformly. If that takes too much memory, construct.go fills in the minimums, shuffles and checks; the entropy of
// such a password is unknown. plan.go chooses alphabet, length and method.
package generator
