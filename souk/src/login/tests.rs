//! A login lets in who has its password, to read and to do nothing else.

use platform::postgres::scratch::{ScratchCluster, ScratchDatabase};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use super::*;

async fn database() -> (ScratchDatabase, PgPool) {
    let cluster = ScratchCluster::shared().await.unwrap();
    let migrate = async |options| {
        let pool = PgPool::connect_with(options).await?;
        schema::migrate(&pool).await?;
        pool.close().await;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    };
    let database = cluster.database("login", migrate).await.unwrap();
    let owner = database.pool(2).await.unwrap();
    (database, owner)
}

/// Roles belong to the whole server, which other tests share.
fn unique() -> LoginName {
    format!("t{}", Uuid::now_v7().simple()).parse().unwrap()
}

fn tomorrow() -> DateTime<Utc> {
    Utc::now().checked_add_days(Days::new(1)).unwrap()
}

async fn connect(owner: &PgPool, name: &LoginName, password: &str) -> Result<PgConnection, sqlx::Error> {
    let url = postgres::url_for(&owner.connect_options(), &name.role(), password);
    let options: PgConnectOptions = url.parse()?;
    options.connect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_reads_everything_of_the_shop_with_its_password_alone() {
    let (_database, owner) = database().await;
    let name = unique();
    let password = create(&owner, &name, tomorrow()).await.unwrap();
    let wrong = connect(&owner, &name, "guess").await.unwrap_err();
    assert_eq!(code(&wrong).as_deref(), Some("28P01"));
    let mut auditor = connect(&owner, &name, &password).await.unwrap();
    for relation in [
        "events",
        "log_head",
        "processes",
        "projection_decisions",
        "souk_live.read_models",
    ] {
        let read = format!("SELECT count(*) FROM {relation}");
        auditor.execute(read.as_str()).await.unwrap();
    }
    // What the server keeps of the password is not the password.
    let kept: String = sqlx::query_scalar("SELECT rolpassword FROM pg_authid WHERE rolname = $1")
        .bind(name.role())
        .fetch_one(&owner)
        .await
        .unwrap();
    assert!(kept.starts_with("SCRAM-SHA-256$4096:") && !kept.contains(&password));
    auditor.close().await.unwrap();
    drop_login(&owner, &name).await.unwrap();
    assert!(connect(&owner, &name, &password).await.is_err());
    assert!(!list(&owner).await.unwrap().contains(&name.role()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_writes_nothing_and_takes_no_other_rights_whatever_it_sets() {
    let (_database, owner) = database().await;
    let name = unique();
    let password = create(&owner, &name, tomorrow()).await.unwrap();
    let mut auditor = connect(&owner, &name, &password).await.unwrap();
    let slip = auditor.execute("CREATE TABLE public.mine ()").await.unwrap_err();
    assert_eq!(code(&slip).as_deref(), Some("25006"), "read-only to begin with");
    auditor
        .execute("SET default_transaction_read_only = off")
        .await
        .unwrap();
    for statement in [
        "INSERT INTO log_head (position, recorded_at) VALUES (1, now())",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE processes SET state = '{}'",
        "DELETE FROM process_outbox",
        "INSERT INTO projection_decisions (projection, action, actor, reason) VALUES ('orders', 'pause', 'x', '')",
        "DELETE FROM projection_generations",
        "SELECT create_projection_schema('orders_g9')",
        "SELECT present_generation(1)",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_open(1, 131072)",
        "CREATE SCHEMA mine",
        "SET ROLE souk_writer",
        "SET ROLE souk_projector",
        "SET ROLE souk",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY events TO PROGRAM 'cat'",
        "CREATE ROLE another LOGIN",
    ] {
        let refused = auditor.execute(statement).await;
        let refused = refused
            .err()
            .unwrap_or_else(|| panic!("{statement} was carried out"));
        assert_eq!(
            code(&refused).as_deref(),
            Some(INSUFFICIENT_PRIVILEGE),
            "{statement}: {refused}"
        );
    }
    auditor.close().await.unwrap();
    // Where it could come to own something it is dropped all the same.
    let owned = format!(
        "SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO {}",
        name.role()
    );
    sqlx::raw_sql(&owned).execute(&owner).await.unwrap();
    drop_login(&owner, &name).await.unwrap();
    assert!(!list(&owner).await.unwrap().contains(&name.role()));
}

/// Whoever has a database on somebody else's server may make roles at most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_is_no_superuser_migrates_and_drops_logins() {
    let (database, owner) = database().await;
    let operator = unique();
    let password = create(&owner, &operator, tomorrow()).await.unwrap();
    let rights = format!(
        "ALTER ROLE {role} CREATEROLE; ALTER ROLE {role} RESET ALL; ALTER DATABASE {name} OWNER TO {role}; \
         GRANT souk_auditor TO {role} WITH ADMIN OPTION",
        role = operator.role(),
        name = database.name()
    );
    sqlx::raw_sql(&rights).execute(&owner).await.unwrap();
    let mut connection = connect(&owner, &operator, &password).await.unwrap();
    let migration = include_str!("../../../schema/migrations/0016_nobody_keeps_large_objects.sql");
    connection.execute(migration).await.unwrap();
    connection.close().await.unwrap();

    let options = owner.connect_options();
    let options = PgConnectOptions::clone(&options)
        .username(&operator.role())
        .password(&password);
    let pool = PgPool::connect_with(options).await.unwrap();
    let name = unique();
    create(&pool, &name, tomorrow()).await.unwrap();
    drop_login(&pool, &name).await.unwrap();
    assert!(!list(&pool).await.unwrap().contains(&name.role()));
    pool.close().await;
    let back = format!("ALTER DATABASE {} OWNER TO CURRENT_USER", database.name());
    sqlx::raw_sql(&back).execute(&owner).await.unwrap();
    drop_login(&owner, &operator).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_is_there_or_is_not_is_named() {
    let (_database, owner) = database().await;
    let name = unique();
    create(&owner, &name, tomorrow()).await.unwrap();
    let again = create(&owner, &name, tomorrow()).await.unwrap_err().to_string();
    assert_eq!(
        again,
        format!(
            "there is a login {} already; `souk login drop` takes it away",
            name.role()
        )
    );
    assert!(list(&owner).await.unwrap().contains(&name.role()));
    // What it is doing ends with it.
    drop_login(&owner, &name).await.unwrap();
    let gone = drop_login(&owner, &name).await.unwrap_err().to_string();
    assert!(
        gone.starts_with(&format!("there is no login {}", name.role())),
        "{gone}"
    );
}

#[test]
fn names_are_plain_and_may_be_copied_from_the_list() {
    let ada = LoginName("ada".to_owned());
    assert_eq!("ada".parse(), Ok(ada.clone()));
    assert_eq!("auditor_ada".parse(), Ok(ada));
    for wrong in [
        "",
        "Ada",
        "1st",
        "a-b",
        "a b",
        "ада",
        "x'; DROP ROLE souk; --",
        &"x".repeat(41),
    ] {
        assert_eq!(wrong.parse::<LoginName>(), Err(InvalidLoginName), "{wrong}");
    }
}
