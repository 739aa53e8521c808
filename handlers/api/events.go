package api

import (
	"context"
	"net/http"
	"time"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
)

// pollEvery is how often a waiting request looks for events.
const pollEvery = time.Second

// maxWait is how long a request may wait for events, in seconds.
const maxWait = 30

type eventsRequest struct {
	After        string `query:"after" maxLength:"64" doc:"the next of the answer before, or first for the oldest event; missing = from now on"`
	Wait         int    `query:"wait" minimum:"0" maximum:"30" doc:"how many seconds to wait for an event"`
	Limit        int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Organization string `query:"organization" maxLength:"400" doc:"events of its customers and of itself: its id or name"`
}

// firstEvent stands for the place before the oldest event.
const firstEvent = "first"

func (a *API) registerEvents() {
	register(a, operation{
		id: "follow-events", method: http.MethodGet, path: "/events", tag: "Records", who: operators, errors: []int{http.StatusUnprocessableEntity},
		summary: "Follow the audit log, the oldest events first", within: maxWait*time.Second + answerTime,
	}, a.followEvents)
}

// answerTime is how long a request may take besides what it waits.
const answerTime = 10 * time.Second

// Stop ends the waiting of all requests, since the program stops.
func (a *API) Stop() { a.stopOnce() }

func (a *API) followEvents(ctx context.Context, call *call, in *eventsRequest) (*listAnswer[event], error) {
	actor, organization, err := a.within(ctx, call, in.Organization)
	if err != nil {
		return nil, err
	}
	after := in.After
	switch {
	case after == "":
		return eventList(nil, a.Accounts.NewestEvent()), nil
	case after == firstEvent:
		after = models.FirstID(time.Unix(0, 0))
	case !models.IsID(after):
		return nil, core.Invalid("after", errCursor)
	}
	waiting, cancel := context.WithTimeout(ctx, time.Duration(in.Wait)*time.Second)
	defer cancel()
	for {
		found, err := a.Accounts.EventsAfter(ctx, actor, organization, after, in.Limit)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			if err := a.stillOpen(ctx, call); err != nil { // it may have been revoked while the request waited
				return nil, err
			}
			items := make([]event, len(found))
			for i, row := range found {
				items[i] = eventOf(actor, row)
			}
			return eventList(items, found[len(found)-1].ID), nil
		}
		select {
		case <-waiting.Done():
			return eventList(nil, after), nil
		case <-a.stopping:
			return eventList(nil, after), nil
		case <-time.After(pollEvery):
		}
	}
}

// stillOpen returns an error if the token or key of a request opens nothing any more.
func (a *API) stillOpen(ctx context.Context, call *call) error {
	if call.actor.Key == nil {
		return nil
	}
	secret, _ := bearer(call.c.Request())
	_, err := a.Accounts.Keys.Resolve(ctx, secret, page.Client(call.c))
	return err
}

// eventList is a page of events, which always has a next one.
func eventList(items []event, next string) *listAnswer[event] {
	return &listAnswer[event]{Body: list[event]{Items: append([]event{}, items...), Next: &next}}
}
