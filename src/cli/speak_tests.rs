use super::*;

const TESTLET: &str = r#"
    id = "lst-a2-x"
    section = "listening"
    level = "A2"
    speakers = [{ id = "a", name = "Айгүл", voice = "kk+f2" }, { id = "b", name = "Болат", voice = "kk+m1" }]
    turns = [{ speaker = "a", text = "Сәлем!" }, { speaker = "b", text = "Сәлем, Айгүл." }]
"#;

const INSTRUCTIONS: &str = r#"
    level = "A2"
    instructions = [{ id = "end", voice = "kk+f3", text = "Аяқталды." }]
"#;

#[test]
fn an_instruction_gives_a_script_of_one_voice() {
    let path = std::env::temp_dir().join(format!("synaq-instr-{}.toml", std::process::id()));
    fs::write(&path, INSTRUCTIONS).unwrap();
    let mut found = instructions(&path);
    let (name, recording) = found.remove(0);
    let recording = recording.unwrap();
    assert_eq!((name.as_str(), recording.file.as_str()), ("end", "end.mp3"));
    assert_eq!(recording.script.turns[0].voice, "kk+f3");
    assert_eq!(recording.script.rate_wpm, 115);
    fs::write(&path, INSTRUCTIONS.replace("\"end\"", "\"../end\"")).unwrap();
    assert!(instructions(&path).remove(0).1.is_err());
    fs::remove_file(&path).unwrap();
    assert!(instructions(&path).is_empty());
}

#[test]
fn a_model_belongs_to_a_voice() {
    let pair = ("kk+f1".to_owned(), "a=b.onnx".to_owned());
    assert_eq!(voice_model("kk+f1=a=b.onnx"), Ok(pair));
    for bad in ["", "kk", "=a", "kk="] {
        assert!(voice_model(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_testlet_gives_its_script() {
    let script = script_of(&toml::from_str(TESTLET).unwrap()).unwrap();
    assert_eq!(script.rate_wpm, 115);
    let voices: Vec<_> = script.turns.iter().map(|t| t.voice.as_str()).collect();
    assert_eq!(voices, ["kk+f2", "kk+m1"]);
}

#[test]
fn faults_are_named() {
    for (from, to, says) in [
        (
            "speaker = \"b\"",
            "speaker = \"c\"",
            "turn 2: there is no speaker \"c\"",
        ),
        ("level = \"A2\"", "level = \"C2\"", "level \"C2\""),
    ] {
        let testlet = toml::from_str(&TESTLET.replace(from, to)).unwrap();
        let fault = script_of(&testlet).unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_run_does_nothing_and_a_human_recording_is_kept() {
    let content = std::env::temp_dir().join(format!("synaq-speak-cli-{}", std::process::id()));
    let directory = content.join("bank/listening");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("lst-a2-x.toml"), TESTLET).unwrap();
    fs::create_dir(content.join("audio")).unwrap();
    fs::write(content.join("audio/instructions.toml"), INSTRUCTIONS).unwrap();
    let tone = content.join("tone.wav");
    let samples: Vec<u8> = (0..8_000_i32)
        .flat_map(|n| ((n % 100 * 200) as i16).to_le_bytes())
        .collect();
    let mut wav = b"RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    wav.extend_from_slice(b"\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\x80\x3e\0\0");
    wav.extend_from_slice(&samples);
    fs::write(&tone, wav).unwrap();
    let mut args = SpeakArgs {
        content: content.clone(),
        only: Some("lst-a2-x".to_owned()),
        voice_command: Some(format!("cat {}", tone.display())),
        voice_model: Vec::new(),
        force: false,
    };
    let (mp3, manifest) = (
        directory.join("lst-a2-x.mp3"),
        directory.join("lst-a2-x.audio.toml"),
    );

    run(&args).unwrap();
    let first = fs::read(&mp3).unwrap();
    assert!(Manifest::load(&manifest).unwrap().describes(&first));
    // Without its engine the second run can only do nothing.
    fs::remove_file(&tone).unwrap();
    run(&args).unwrap();
    assert_eq!(fs::read(&mp3).unwrap(), first);

    fs::write(&mp3, b"a teacher's voice").unwrap();
    fs::remove_file(&manifest).unwrap();
    run(&args).unwrap();
    assert_eq!(fs::read(&mp3).unwrap(), b"a teacher's voice");
    args.force = true;
    assert!(matches!(
        run(&args),
        Err(SpeakCommandError::Failed {
            failed: 1,
            total: 1
        })
    ));
    args.only = Some("end".to_owned());
    args.voice_command = Some("printf nothing".to_owned());
    assert!(matches!(run(&args), Err(SpeakCommandError::Failed { .. })));
    args.only = Some("lst-a2-y".to_owned());
    assert!(matches!(run(&args), Err(SpeakCommandError::NothingToDo(_))));
    fs::remove_dir_all(&content).unwrap();
}
