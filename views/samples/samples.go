// Package samples shows every page in every state from invented data, so that it can be looked at without bringing the
// program into that state, and so that tests see all of it. The words that the program itself would say come from the
// catalogue, under the very ids that the program uses.
package samples

import (
	"slices"

	"github.com/a-h/templ"

	"latchkey/views"
)

// Sample is a page in a state.
type Sample struct {
	Slug        string // its name in an address
	Page, State string // in words, for those who develop
	Content     templ.Component
}

// state is what a page shows in a state.
type state[P any] struct {
	slug, words string
	page        P
}

// show makes samples of a page. The view is called in this one place, since the compiler puts a copy of it wherever it is
// called: samples that each call theirs would make the program 0.6 MB larger.
func show[P any](page string, view func(P) templ.Component, states []state[P]) (samples []Sample) {
	for _, in := range states {
		samples = append(samples, Sample{in.slug, page, in.words, view(in.page)})
	}
	return samples
}

// Given is what the program says in words of its own.
type Given struct {
	Errors []views.ErrorPage            // of every kind, for a guest
	Mails  map[string]views.WrittenMail // by template
}

// All are all samples, those of a page beside each other. The frame has language, clock, zone and files; who is signed in,
// and whether there is a mail server, is the samples' to say.
func All(frame views.Frame, given Given) []Sample {
	frame.Capturing = false
	return slices.Concat(
		signIn(frame), setUp(frame), ownPassword(frame), me(frame), overview(frame), accounts(frame), account(frame), newAccount(frame),
		issued(frame), policy(frame), policyPreview(frame), mails(frame, given.Mails), mailTemplates(frame, given.Mails), audit(frame), errorPages(given.Errors), misdirected(frame),
	)
}
