package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
)

// TestMessageBoundaries: where a request ends is never in doubt, so that what follows in its body is no request of its own
// (request smuggling; RFC 9112, sections 6 and 7). Each is followed on its connection by a request that must not be served.
func TestMessageBoundaries(t *testing.T) {
	testkit.Parallel(t)
	const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
	const end = "0\r\n\r\n"
	whole := fmt.Sprintf("%x\r\n%s\r\n", len(hidden), hidden) + end
	if _, served := boundaries(t, "POST /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"+hidden); !strings.Contains(served, "/hidden") {
		t.Fatalf("a request that follows is not served, only %s", served)
	}
	for name, test := range map[string]struct {
		headers, body string
		status        int
	}{
		"length":                    {fmt.Sprintf("Content-Length: %d", len(hidden)), hidden, 200},
		"chunked":                   {"Transfer-Encoding: chunked", whole, 200},
		"chunked, with a length":    {"Content-Length: 5\r\nTransfer-Encoding: chunked", whole, 200},
		"a length, chunked":         {fmt.Sprintf("Transfer-Encoding: chunked\r\nContent-Length: %d", len(end)), whole, 200},
		"two lengths":               {"Content-Length: 0\r\nContent-Length: 37", hidden, 400},
		"a list of lengths":         {"Content-Length: 0, 37", hidden, 400},
		"a signed length":           {"Content-Length: +0", hidden, 400},
		"chunked twice":             {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", end + hidden, 501},
		"identity, chunked":         {"Transfer-Encoding: identity, chunked", end + hidden, 501},
		"another coding":            {"Transfer-Encoding: xchunked", end + hidden, 501},
		"a space before the colon":  {"Transfer-Encoding : chunked", end + hidden, 400},
		"a header without a name":   {": chunked", end + hidden, 400},
		"a chunk with a wrong size": {"Transfer-Encoding: chunked", "0x0\r\n\r\n" + hidden, 400},
	} {
		t.Run(name, func(t *testing.T) {
			status, served := boundaries(t, "POST /seen HTTP/1.1\r\nHost: x\r\n"+test.headers+"\r\n\r\n"+test.body)
			if status != test.status || strings.Contains(served, "/hidden") {
				t.Errorf("answered %d, want %d; served %s", status, test.status, served)
			}
		})
	}
}

// boundaries sends this to the program's server, and returns the first status and the paths that were served.
func boundaries(t *testing.T, sent string) (status int, served string) {
	t.Helper()
	paths := make(chan string, 10)
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths <- r.URL.Path
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}), slog.New(slog.DiscardHandler), productionTimings)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer server.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, sent); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second)) // a connection has deadlines
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite() // a TCP connection, whose end the server sees
	_, _ = io.Copy(io.Discard, conn)     // until the server has read all
	for len(paths) > 0 {
		served += <-paths + " "
	}
	return answer.StatusCode, served
}
