package main

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestServerHasTimeouts: a connection has these bounds, whatever tests make of them.
func TestServerHasTimeouts(t *testing.T) {
	testkit.Parallel(t)
	server := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler), productionTimings)
	for name, bound := range map[string][2]time.Duration{
		"ReadHeaderTimeout": {server.ReadHeaderTimeout, 5 * time.Second}, "ReadTimeout": {server.ReadTimeout, 15 * time.Second},
		"WriteTimeout": {server.WriteTimeout, 30 * time.Second}, "IdleTimeout": {server.IdleTimeout, 60 * time.Second},
		"MaxHeaderBytes": {time.Duration(server.MaxHeaderBytes), 32 << 10},
	} {
		if bound[0] != bound[1] {
			t.Errorf("%s is %d, want %d", name, bound[0], bound[1])
		}
	}
	if server.ErrorLog == nil {
		t.Error("what net/http has to say goes around the log")
	}
}

// A client that sends or takes a byte at a time is cut off when its time is over, to the second and no sooner, and the next client
// is answered at once all the while. The clock is the bubble's.
func TestSlowClientsAreCutOff(t *testing.T) {
	testkit.Parallel(t)
	const get, post = "GET / HTTP/1.1\r\nHost: localhost\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	const long = "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n"
	limits, many := productionTimings, strings.Repeat("x", 1000)
	for name, tc := range map[string]struct {
		limit time.Duration
		do    func(net.Conn)
	}{
		"says nothing":          {limits.Header, func(net.Conn) {}},
		"sends a header slowly": {limits.Header, func(c net.Conn) { drip(c, get+"X-Slow: "+many) }},
		"sends a form slowly":   {limits.Read, func(c net.Conn) { go discard(c); say(c, post+"Content-Length: 1000\r\n\r\n"); drip(c, many) }},
		"sends no form":         {limits.Read, func(c net.Conn) { go discard(c); say(c, post+"Content-Length: 1000\r\n\r\n") }},
		"sends chunks slowly": {limits.Read, func(c net.Conn) {
			go discard(c)
			say(c, post+"Transfer-Encoding: chunked\r\n\r\n")
			drip(c, strings.Repeat("1\r\nx\r\n", 1000))
		}},
		"takes an answer slowly":       {limits.Write, func(c net.Conn) { say(c, long); sip(c) }},
		"takes no answer":              {limits.Write, func(c net.Conn) { say(c, long) }},
		"asks for nothing more":        {limits.Idle, func(c net.Conn) { go discard(c); say(c, get+"\r\n") }},
		"sends a second header slowly": {limits.Header, func(c net.Conn) { go discard(c); say(c, get+"\r\n"+get[:4]); drip(c, many) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
				server := newServer(http.HandlerFunc(slowSite), slog.New(slog.DiscardHandler), limits)
				served := make(chan error)
				go func() { served <- server.Serve(pipes) }()

				slow, start := pipes.dial(), time.Now()
				go tc.do(slow.Conn)
				for time.Since(start) < tc.limit-time.Second {
					time.Sleep(time.Second)
					quick, asked := pipes.dial(), time.Now()
					go say(quick.Conn, get+"Connection: close\r\n\r\n")
					answer, err := http.ReadResponse(bufio.NewReader(quick.Conn), nil)
					if err != nil || answer.StatusCode != http.StatusOK || time.Since(asked) > 0 {
						t.Errorf("another client is answered %v, %v after %s", answer, err, time.Since(asked))
					}
					_ = quick.Conn.Close()
				}
				if slow.isClosed() {
					t.Error("it is cut off too early")
				}
				time.Sleep(2 * time.Second)
				if !slow.isClosed() {
					t.Errorf("it is not cut off after %s", time.Since(start))
				}
				_ = slow.Conn.Close()
				_ = server.Close()
				if err := <-served; !errors.Is(err, http.ErrServerClosed) {
					t.Error(err)
				}
			})
		})
	}
}

// slowSite reads forms to their end, and answers at length under one address.
func slowSite(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if r.URL.Path == "/long" {
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}
}

// pipeListener takes connections within the process, whose deadlines follow the clock of a bubble.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// piped is a client's end of a connection, and whether the server has closed its own.
type piped struct {
	Conn   net.Conn
	server *watchedConn
}

func (p piped) isClosed() bool { return p.server.is() }

func (l *pipeListener) dial() piped {
	client, server := net.Pipe()
	noted := &watchedConn{Conn: server, done: make(chan struct{})}
	l.conns <- noted
	return piped{client, noted}
}

// watchedConn notes that a connection was closed.
type watchedConn struct {
	net.Conn
	once sync.Once
	done chan struct{}
}

func (c *watchedConn) Close() error {
	c.once.Do(func() { close(c.done) })
	return c.Conn.Close()
}

func (c *watchedConn) is() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func say(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

func discard(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// drip says a text so slowly that no bound of the program lets it end.
func drip(conn net.Conn, text string) {
	for i := range text {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// sip takes an answer as slowly.
func sip(conn net.Conn) {
	for one := make([]byte, 1); ; time.Sleep(100 * time.Millisecond) {
		if _, err := conn.Read(one); err != nil {
			return
		}
	}
}

// TestSlowClients: clients that send or read a byte at a time delay no others, and are disconnected in the end.
func TestSlowClients(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.seed("ada")
	if !testkit.Long() {
		p.timings.Header, p.timings.Read, p.timings.Write, p.timings.Idle = 2*time.Second, 3*time.Second, 3*time.Second, 4*time.Second
	}
	p.env["LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS"] = "0" // all come from one
	r := p.process()
	style := regexp.MustCompile(`/static/[^"]+\.css`).FindString(r.Client().Get("/sign-in").Want(http.StatusOK).Body)
	form := "POST /sign-in HTTP/1.1\r\nHost: " + r.address + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: " + r.address + "\r\n" }
	kinds := map[string]func(net.Conn) error{
		"says nothing": untilEnd,
		"sends a header slowly": func(c net.Conn) error {
			go drip(c, get("/sign-in")+"X-Slow: "+strings.Repeat("x", 10_000))
			return untilEnd(c)
		},
		"sends a form slowly":   func(c net.Conn) error { say(c, form); go drip(c, strings.Repeat("x", 1000)); return untilEnd(c) },
		"asks for nothing more": func(c net.Conn) error { say(c, get("/sign-in")+"\r\n"); return untilEnd(c) },
		"takes no answer": func(c net.Conn) error { // of many, which it asks for until the connection is cut
			for {
				if _, err := io.WriteString(c, get(style)+"\r\n"); err != nil {
					return err
				}
			}
		},
	}
	ended := make(chan string)
	count := testkit.Times(20, 300)
	for kind, do := range kinds {
		for range count {
			conn := r.dial(t)
			if err := conn.SetDeadline(time.Now().Add(longestAnswer)); err != nil {
				t.Fatal(err)
			}
			go func() {
				if err := do(conn); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("a client that %s is still connected after %s", kind, longestAnswer)
				}
				ended <- kind
			}()
		}
	}
	for range 5 {
		ada := r.SignIn("ada")
		ada.Get("/accounts").Want(http.StatusOK)
		ada.Get("/me").Want(http.StatusOK)
	}
	for range count * len(kinds) {
		<-ended
	}
	r.SignIn("ada")
}

// untilEnd reads until the program ends the connection.
func untilEnd(conn net.Conn) error {
	_, err := io.Copy(io.Discard, conn)
	return err
}

func (r *process) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
