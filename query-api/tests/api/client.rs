//! A client of subscriptions.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        http::{HeaderName, HeaderValue, StatusCode},
    },
};

use crate::stage::{LONG, Stage};

/// The first byte of an empty ping: the last frame of its message, of the kind 9 (RFC 6455, section 5.2).
const PING: u8 = 0x89;

/// A connection over which nothing was said yet, or that began.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    /// A connection that began.
    pub(crate) async fn begin(stage: &Stage) -> Self {
        let mut client = Self::connect(stage).await;
        client.say(json!({ "type": "connection_init" })).await;
        assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
        client
    }

    /// A connection.
    pub(crate) async fn connect(stage: &Stage) -> Self {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
        let socket = open(stage, &headers).await.unwrap();
        Self { socket }
    }

    /// The status and the code with which a connection is refused.
    pub(crate) async fn refused(stage: &Stage, headers: &[(&'static str, &str)]) -> (StatusCode, Value) {
        let Err(Error::Http(response)) = open(stage, headers).await else {
            panic!("not refused");
        };
        let body = response.body().as_deref().unwrap();
        let answer: Value = serde_json::from_slice(body).unwrap();
        (
            response.status(),
            answer["errors"][0]["extensions"]["code"].clone(),
        )
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    /// Subscribes, or asks.
    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        let message = json!({ "type": "subscribe", "id": id, "payload": { "query": query } });
        self.say(message).await;
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.frame().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_)) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    /// The data of the next answer to an operation.
    pub(crate) async fn next(&mut self, id: &str) -> Value {
        let mut message = self.hear().await;
        assert_eq!(message["type"], json!("next"), "{message}");
        assert_eq!(message["id"], json!(id), "{message}");
        assert_eq!(message["payload"].get("errors"), None, "{message}");
        message["payload"]["data"].take()
    }

    /// The code with which an operation fails.
    pub(crate) async fn failure(&mut self, id: &str) -> Value {
        let message = self.hear().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!(id)),
            "{message}"
        );
        message["payload"][0]["extensions"]["code"].clone()
    }

    /// Closes the connection from this side, and says whether the server answers with a close frame.
    pub(crate) async fn leave(mut self) -> bool {
        self.socket.send(Message::Close(None)).await.unwrap();
        loop {
            match timeout(LONG, self.socket.next()).await.unwrap() {
                Some(Ok(Message::Close(_))) => return true,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    }

    /// The code with which the server closes the connection.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Text(_) | Message::Ping(_)) => {}
                other => panic!("not closed with a code: {other:?}"),
            }
        }
    }

    /// Whether a connection is opened.
    pub(crate) async fn is_accepted(stage: &Stage, headers: &[(&'static str, &str)]) -> bool {
        open(stage, headers).await.is_ok()
    }

    /// Answers nothing, and says whether the server then leaves without a word.
    pub(crate) async fn was_left_in_silence(mut self) -> bool {
        // The library answers when it is asked for the next frame, so the connection below is read alone.
        let connection = self.socket.get_mut();
        let (mut buffer, mut last) = ([0; 256], 0);
        loop {
            match timeout(LONG, connection.read(&mut buffer)).await.unwrap() {
                Ok(0) | Err(_) => return last == PING,
                Ok(_) => last = buffer[0],
            }
        }
    }

    /// Waits for the question whether anybody is there, and answers it.
    pub(crate) async fn answer_ping(&mut self) {
        loop {
            if let Some(Message::Ping(_)) = self.frame().await {
                // The answer goes out with the next thing that is said.
                return self.socket.flush().await.unwrap();
            }
        }
    }

    /// Ends the connection from this side, too.
    pub(crate) async fn goodbye(&mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = timeout(LONG, self.socket.next()).await.unwrap();
        frame.map(Result::unwrap)
    }
}

async fn open(
    stage: &Stage,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let address = stage.listen().await;
    let mut request = format!("ws://{address}/graphql/ws").into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value.replace("ADDRESS", &address.to_string())).unwrap(),
        );
    }
    connect_async(request).await.map(|(socket, _)| socket)
}
