package testbrowser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// problems collects what a page should not do. Its listener runs in the goroutine that reads the browser's messages.
type problems struct {
	mu        sync.Mutex
	found     []problem
	documents map[network.RequestID]bool // requests that loaded documents
}

type problem struct {
	text    string
	request network.RequestID // that failed, if it is about one
}

// Problems returns console errors, uncaught exceptions, violations of the Content-Security-Policy, failed loads and JavaScript
// dialogs so far, one line each. The status of a document itself is not a problem. Dialogs are accepted, since they would
// block the page.
func (p *Page) Problems() []string {
	p.tb.Helper()
	// An answer comes after the events before it.
	Eval[bool](p, "true")
	p.problems.mu.Lock()
	defer p.problems.mu.Unlock()
	var lines []string
	for _, found := range p.problems.found {
		if !p.problems.documents[found.request] {
			lines = append(lines, found.text)
		}
	}
	return lines
}

func (p *Page) listen(event any) {
	c := &p.problems
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			c.found = append(c.found, problem{text: "console: " + consoleText(e.Args)})
		}
	case *runtime.EventExceptionThrown:
		thrown := &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}
		c.found = append(c.found, problem{text: thrown.Error()})
	case *log.EventEntryAdded: // of the browser, such as those about security (CSP) and network
		if e.Entry.Level == log.EntryLevelError {
			text := fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
			c.found = append(c.found, problem{text, e.Entry.NetworkRequestID})
		}
	case *page.EventJavascriptDialogOpening:
		c.found = append(c.found, problem{text: fmt.Sprintf("dialog: %s %q", e.Type, e.Message)})
		// Not here: commands wait for the goroutine we are in.
		go chromedp.Call(p.Ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			c.documents[e.RequestID] = true
		}
	}
}

func consoleText(args []*runtime.RemoteObject) string {
	parts := make([]string, len(args))
	for i, arg := range args {
		parts[i] = strings.Trim(string(arg.Value), `"`)
		if arg.Description != "" {
			parts[i] = arg.Description
		}
	}
	return strings.Join(parts, " ")
}
